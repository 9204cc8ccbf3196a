"""The directory's lists over several tenants: rows of those in which each may be read, and of no other."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoDbBlocker

from tests.cast import NOW, Cast, days, make_cast
from tests.customers.making import make_group, naming
from tests.web.conftest import Visitor, text_of
from tests.web.many_world import Many, add_tenant, fill, make_many
from tests.web.queue_pages import events_of
from tidegate.audit.actions import append
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import OPERATOR
from tidegate.core.clock import standing_at
from tidegate.customers.rules import GroupRule
from tidegate.devices.models import DeviceGroup
from tidegate.gate.jobs import settle_waiting_events
from tidegate.notifications.models import Delivery
from tidegate.web import many_visit

type SignIn = Callable[..., Visitor]

READ = {
    "/users": "user",
    "/groups": "group",
    "/roles": "group",
    "/device-groups": "machines",
    "/applications": "program",
    "/access-packages": "package",
    "/access-packages?show=assignments": "package",
    "/connected-organizations": "organization",
    "/reviews": "review",
    "/feeds": "program",
    "/sign-ins": "client",
}
"""Lists of what a Security Reader may read, and what each shows of it."""
MANAGED = {
    "/notifications": "rule",
    "/notifications/deliveries": "@mail.example",
    "/siem": "program",
}
"""Lists of what only its administrators may read."""


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Many]:
    """One world for all tests of this file: what each does to it is undone, and all of it at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        with standing_at(NOW):
            many = make_many(make_cast())
        yield many
        transaction.set_rollback(True)


@pytest.fixture
def cast(made: Many, db: None, plain_static: None) -> Iterator[Cast]:
    with standing_at(NOW):
        yield copy.deepcopy(made.cast)


@pytest.fixture
def many(made: Many, cast: Cast) -> Many:
    return replace(made, cast=cast)


@pytest.fixture
def analyst(many: Many, visit: SignIn) -> Visitor:
    return Visitor(visit("analyst").client, "all")


def open_list(visitor: Visitor, path: str, **params: str) -> Any:
    address, _mark, query = path.partition("?")
    fixed = dict(pair.split("=") for pair in query.split("&")) if query else {}
    return visitor.get(address, **fixed, **params)


@pytest.mark.parametrize(("path", "what"), [*READ.items(), *MANAGED.items()])
def test_rows_are_of_the_tenants_in_which_the_page_opens(
    many: Many, analyst: Visitor, path: str, what: str
) -> None:
    page = open_list(analyst, path)
    text, html = text_of(page), page.content.decode()
    assert page.status_code == 200
    link = "" if what.startswith("@") else " "
    assert f"MANAGES{link}{what}" in text
    assert (f"READS{link}{what}" in text) is (path in READ)
    assert f"?tid={many.manages.id}" in html
    assert "WITHHELD" not in html
    assert "LEAKED" not in html
    assert "Polder Foods" not in html


@pytest.mark.parametrize("path", ["/audit", "/sign-ins", "/users"])
def test_rows_are_the_same_whether_a_tenant_is_asked_of_each_row_or_tenants_first(
    many: Many, analyst: Visitor, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    first = text_of(analyst.get(path))
    monkeypatch.setattr(many_visit, "FEW", 0)
    assert text_of(analyst.get(path)) == first
    assert "Reads Only" in first


@pytest.mark.parametrize(
    ("path", "act"),
    [
        ("/users", "/remove"),
        ("/roles", "/roles/assignments/"),
        ("/access-packages?show=assignments", "/end"),
        ("/notifications/deliveries", "/resend"),
        ("/siem", "/withdraw"),
    ],
)
def test_row_offers_what_the_role_in_its_tenant_allows(
    many: Many, analyst: Visitor, path: str, act: str
) -> None:
    html = open_list(analyst, path).content.decode()
    acts = [one for one in re.findall(r'(?:href|action)="([^"]+)"', html) if act in one]
    assert acts
    assert all(one.endswith(f"?tid={many.manages.id}") for one in acts)


def test_what_is_done_from_a_row_is_done_in_its_tenant_and_leads_back(many: Many, analyst: Visitor) -> None:
    html = analyst.get("/notifications/deliveries").content.decode()
    (address,) = re.findall(r'action="(/notifications/deliveries/[^"]+)"', html)
    back = "/notifications/deliveries?tid=all"
    answer = analyst.client.post(address, {"next": back})
    assert answer.headers["Location"] == back
    assert Delivery.objects.of_tenant(many.manages.id).filter(resent_from_id__isnull=False).count() == 1
    stranger = Visitor(analyst.client, str(many.reads.id))
    assert stranger.post(address.partition("?")[0]).status_code in {403, 404}


def test_events_of_several_chains_stand_in_the_order_of_time(many: Many, analyst: Visitor) -> None:
    page = analyst.get("/audit", tag="group.")
    addresses = re.findall(r'href="(/audit/\d+\?tid=[^"]+)"', page.content.decode())
    assert {address.partition("tid=")[2] for address in addresses} == {
        str(many.reads.id),
        str(many.manages.id),
    }
    assert analyst.client.get(addresses[0]).status_code == 200
    refused = analyst.get("/audit", since="yesterday")
    assert refused.status_code == 400
    assert "Enter a valid date" in text_of(refused)


@pytest.mark.parametrize("path", ["/audit/export.csv", "/audit/export.ndjson", "/sign-ins/export.csv"])
def test_file_names_the_tenant_of_each_row_and_each_is_told(many: Many, analyst: Visitor, path: str) -> None:
    answer = analyst.post(path)
    text = b"".join(answer.streaming_content).decode()
    assert answer.status_code == 200
    assert {"Reads Only", "Manages All"} <= set(re.findall(r"Reads Only|Manages All|Delta Mills", text))
    assert str(many.cast.customer.id) not in text
    assert "LEAKED" not in text
    settle_waiting_events()
    tag = f"{path[1:].partition('/')[0].replace('-', '_')}.exported"
    for tenant in (many.reads, many.manages):
        assert events_of(tenant, tag=tag) == [tag]
    assert events_of(many.cast.customer, tag=tag) == []


def test_guest_that_looked_is_in_the_log_of_each_tenant_shown(many: Many, analyst: Visitor) -> None:
    analyst.get("/users", q="READS user")
    settle_waiting_events()
    assert events_of(many.reads, tag="users.viewed") == ["users.viewed"]
    for tenant in (many.manages, many.cast.customer, many.cast.other):
        assert events_of(tenant, tag="users.viewed") == []


def test_list_is_narrowed_by_text_choice_and_tenant(many: Many, analyst: Visitor) -> None:
    text = text_of(analyst.get("/users", tenant=str(many.reads.id), show="members"))
    assert "READS user" in text
    assert "MANAGES user" not in text
    assert "Nobody" not in text
    for tenant in (many.cast.customer, many.cast.other):
        page = analyst.get("/users", tenant=str(tenant.id))
        assert "Nothing matches these filters." in text_of(page)
        assert "Polder Foods" not in page.content.decode()
    assert "READS user" not in text_of(analyst.get("/users", q="MANAGES"))
    for wrong in ({"tenant": "everyone"}, {"show": "nobody"}, {"q": "x" * 201}, {"cursor": "x"}):
        assert analyst.get("/users", **wrong).status_code == 400


def test_tenant_is_found_by_name_among_those_in_which_the_page_opens(many: Many, analyst: Visitor) -> None:
    asked = {"of": "user.read", "next": "/users?tid=all&show=guests&cursor=abc"}
    part = analyst.client.get(
        "/tenants", {"tid": "all", "q": "only", **asked}, headers={"HX-Request": "true"}
    )
    html = part.content.decode()
    assert f'href="/users?tid=all&amp;show=guests&amp;tenant={many.reads.id}"' in html
    assert "Manages All" not in html
    assert "<html" not in html
    whole = analyst.get("/tenants", **asked)
    assert text_of(whole).count("Only") == 1
    assert "Delta Mills" not in text_of(whole)
    by_id = analyst.get("/tenants", q=str(many.manages.id), **asked)
    assert "Manages All" in text_of(by_id)
    for wrong in ({"next": "//evil.example"}, {"next": "https://evil.example"}, {"of": "all"}):
        assert analyst.get("/tenants", **{**asked, **wrong}).status_code == 400
    assert Visitor(analyst.client, str(many.reads.id)).get("/tenants", **asked).status_code == 400


def test_page_of_one_tenant_names_those_in_which_it_opens(many: Many, analyst: Visitor) -> None:
    for path, is_reader_let in (("/users/invite", False), ("/expiry", True)):
        page = analyst.get(path)
        text = text_of(page)
        assert "This page shows one directory." in text
        assert "Manages All" in text
        assert ("Reads Only" in text) is is_reader_let
        assert "Polder Foods" not in page.content.decode()


def test_outsider_sees_their_own_tenant_alone(many: Many, visit: SignIn) -> None:
    outsider = Visitor(visit("outsider").client, "all")
    for path, what in {**READ, **MANAGED}.items():
        text = text_of(open_list(outsider, path))
        assert what in text, path
        assert not re.search(r"READS|MANAGES|WITHHELD", text), path
    assert visit("stranger").client.get("/users", {"tid": "all"}).status_code == 200


@pytest.mark.parametrize("path", [*READ, *MANAGED, "/audit", "/properties", "/imports"])
def test_statements_do_not_grow_with_tenants(many: Many, analyst: Visitor, path: str) -> None:
    few = count_statements(analyst, path)
    for number in range(4):
        fill(many.cast, add_tenant(many.cast, f"Further {number}", BuiltInRole.GLOBAL_ADMINISTRATOR), "MORE")
    assert count_statements(analyst, path) == few
    assert few <= 22


def count_statements(visitor: Visitor, path: str) -> int:
    open_list(visitor, path)
    with CaptureQueriesContext(connection) as captured:
        assert open_list(visitor, path).status_code == 200
    return len(captured)


def test_what_is_searched_for_in_many_chains_is_searched_in_thirty_days(many: Many, analyst: Visitor) -> None:
    with standing_at(NOW - days(40)):
        append(many.manages.id, OPERATOR, "tenant.counted")
    told = "30 days are searched, unless you say from which day"
    assert "tenant.counted" not in text_of(analyst.get("/audit", tag="tenant.counted"))
    assert told in text_of(analyst.get("/audit", tag="tenant.counted"))
    for further in ({"since": "2026-01-01"}, {"tenant": str(many.manages.id)}, {"until": "2026-02-01"}):
        text = text_of(analyst.get("/audit", tag="tenant.counted", **further))
        assert "tenant.counted" in text
        assert (told in text) is ("until" in further)
    assert told not in text_of(analyst.get("/audit"))


def test_group_of_tenants_narrows_every_list(many: Many, visit: SignIn) -> None:
    make_group(many.cast.provider, "Night", GroupRule(include=naming(many.reads, many.cast.other)))
    night = Visitor(visit("analyst").client, "group:night")
    for path in ("/users", "/audit", "/properties", "/feeds"):
        page = open_list(night, path)
        assert page.status_code == 200
        text = text_of(page)
        assert "Reads Only" in text, path
        assert not re.search(r"Manages All|Polder Foods|LEAKED", text), path
    html = night.get("/users", tenant=str(many.manages.id)).content.decode()
    assert "MANAGES user" not in html


def test_devices_of_a_hidden_group_are_not_counted(many: Many, analyst: Visitor) -> None:
    groups = DeviceGroup.objects.of_tenant(many.reads.id)
    groups.filter(display_name="READS machines").update(is_restricted=True)
    row = text_of(analyst.get("/device-groups", q="READS machines"))
    assert "READS machines Reads Only 7 – not known administrators only" in row
