"""Tenants come to be, once each, and their properties change."""

import json
import threading
import uuid

import pytest
from django.db import connection

from tests.cast import Cast
from tidegate.accounts.actions import create_account
from tidegate.accounts.models import Account
from tidegate.audit.models import AuditEvent
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import OPERATOR
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.directory.actions.domains import add_domain
from tidegate.directory.actions.tenants import create_tenant, update_tenant
from tidegate.directory.models import Domain, Role, Tenant, User


def test_a_new_tenant_is_whole(cast: Cast) -> None:
    tenant = create_tenant(OPERATOR, display_name=" Zoë’s Mühle ", administrator=cast.accounts["stranger"])
    assert tenant.display_name == "Zoë’s Mühle"
    domain = Domain.objects.get(tenant=tenant)
    assert domain.is_default
    assert domain.verified_at is not None
    assert domain.name.startswith("zoes-muhle-")
    assert set(Role.objects.of_tenant(tenant.id).values_list("display_name", flat=True)) == set(BuiltInRole)
    scope = cast.enter("stranger", tenant)
    assert scope.entry.role_names == (BuiltInRole.GLOBAL_ADMINISTRATOR,)
    assert Account.objects.get(id=cast.accounts["stranger"].id).home_tenant_id == tenant.id
    assert AuditEvent.rows.get(tenant_id=tenant.id).tag == "tenant.created"


def test_a_taken_domain_id_or_administrator_is_refused_whole(cast: Cast) -> None:
    stranger = cast.accounts["stranger"]
    before = Tenant.objects.count()
    for arguments in (
        {"domain": "customer.example", "administrator": stranger},
        {"tenant_id": cast.customer.id, "administrator": stranger},
        {"administrator": cast.accounts["member"]},
    ):
        with pytest.raises(Conflict):
            create_tenant(OPERATOR, display_name="New", **arguments)
    assert Tenant.objects.count() == before


def test_a_domain_that_is_only_claimed_is_free(cast: Cast, now: None) -> None:
    add_domain(cast.enter("admin"), "new.example")
    create_tenant(OPERATOR, display_name="New", administrator=cast.accounts["stranger"], domain="new.example")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", ""),
        ("display_name", "\u200b"),
        ("display_name", "a\0b"),
        ("display_name", "x" * 257),
        ("country", "NLD"),
        ("country", "12"),
        ("country", "\0\0"),
        ("technical_contact", "nobody"),
        ("privacy_contact", "a@b\0"),
        ("privacy_statement_url", "javascript:alert(1)"),
        ("privacy_statement_url", "https://"),
        ("privacy_statement_url", "http://[::1"),
        ("privacy_statement_url", "https://a.example/a b"),
        ("privacy_statement_url", "https://a.example/" + "x" * 500),
        ("data_location", "x" * 257),
        ("id", str(uuid.UUID(int=1))),
        ("created_at", "2026-01-01"),
        ("nothing", "x"),
    ],
)
def test_a_bad_property_is_named_and_nothing_is_written(
    cast: Cast, now: None, field: str, value: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        update_tenant(cast.enter("admin"), {"data_location": "Utrecht", field: value})
    assert list(refused.value.fields) == [field]
    assert Tenant.objects.get(id=cast.customer.id).data_location == ""


def test_an_event_tells_what_was_and_what_is(cast: Cast, now: None) -> None:
    changes = {"country": "nl", "display_name": "Delta Mills", "privacy_statement_url": "https://a.example/p"}
    assert update_tenant(cast.enter("admin"), changes).country == "NL"
    event = AuditEvent.rows.filter(tenant_id=cast.customer.id).latest("sequence")
    assert json.loads(event.details) == {
        "changed": {"country": ["", "NL"], "privacy_statement_url": ["", "https://a.example/p"]}
    }


def test_no_change_is_no_event(cast: Cast, now: None) -> None:
    before = AuditEvent.rows.count()
    update_tenant(cast.enter("admin"), {"display_name": " Delta Mills "})
    assert AuditEvent.rows.count() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("same", ["person", "domain"])
def test_who_asks_twice_at_once_gets_one_tenant(same: str) -> None:
    people = [create_account(f"new{number}@nowhere.example", None, "New") for number in (0, 1)]
    begin, results = threading.Barrier(2), []

    def work(number: int) -> None:
        try:
            begin.wait(10)
            person = people[0 if same == "person" else number]
            create_tenant(
                OPERATOR,
                display_name="New",
                administrator=person,
                domain="" if same == "person" else "new.example",
            )
            results.append("made")
        except Conflict:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["made", "refused"]
    assert (Tenant.objects.count(), User.rows.count()) == (1, 1)
