"""Connected organizations on their pages: found or kept as typed, sponsored, removed after asking."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.entitlements.offering import connect, offer_to_provider
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.core.errors import NotFound
from tidegate.directory.models import Tenant
from tidegate.entitlements.actions.organizations import connect_organization
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import ConnectedOrganization, Sponsor
from tidegate.gate.opening import open as open_gate

type Visit = Callable[..., Visitor]

LIST = "/connected-organizations"


def test_reader_sees_and_changes_nothing(visit: Visit, cast: Cast) -> None:
    organization = connect(cast.customer, cast.provider)
    reader = visit("reader")
    words = text_of(reader.get(LIST))
    assert "Harbour Watch" in words
    assert "Set a provider up" not in words
    assert "Remove" not in text_of(reader.get(f"{LIST}/{organization.id}"))
    for address in (f"{LIST}/connect", f"{LIST}/{organization.id}/remove", f"{LIST}/{organization.id}/edit"):
        assert reader.get(address).status_code == 403
        assert reader.post(address).status_code == 403


@pytest.mark.parametrize("name", ["member", "analyst", "helper"])
def test_without_the_permission_nothing_is_seen(visit: Visit, name: str) -> None:
    page = visit(name).get(LIST)
    assert page.status_code == 403
    assert 'href="/connected-organizations' not in page.content.decode()


def test_outsider_sees_nothing_of_the_customers(visit: Visit, cast: Cast) -> None:
    organization = connect(cast.customer, cast.provider)
    outsider = visit("outsider", cast.other)
    assert "Harbour Watch" not in outsider.get(LIST).content.decode()
    for address in ("", "/edit", "/remove"):
        assert outsider.get(f"{LIST}/{organization.id}{address}").status_code == 404
    assert visit("outsider").get(LIST).status_code == 404


def test_who_lets_itself_be_found_is_proposed_by_name(visit: Visit, cast: Cast) -> None:
    Tenant.objects.filter(id=cast.provider.id).update(is_discoverable=True)
    page = visit("admin").post(f"{LIST}/connect", {"tid": "provider.example"})
    assert "provider.example is Harbour Watch." in text_of(page)
    assert 'value="Harbour Watch"' in page.content.decode()


def test_there_and_not_there_read_alike(visit: Visit, cast: Cast) -> None:
    admin, pages = visit("admin"), set[str]()
    for tid in ("provider.example", "absentee.example"):
        page = text_of(admin.post(f"{LIST}/connect", {"tid": tid}))
        assert f"{tid} is kept as you typed it." in page
        pages.add(page.replace(tid, "TID"))
        made = admin.post(f"{LIST}/connect", {"tid": tid, "display_name": "", "description": ""})
        assert made.status_code == 302
    assert len(pages) == 1
    names = ConnectedOrganization.objects.of_tenant(cast.customer.id).values_list("display_name", flat=True)
    assert set(names) == {"provider.example", "absentee.example"}


@pytest.mark.parametrize(
    ("tid", "words"),
    [
        ("", "This field is required."),
        ("nonsense", "must be a directory ID (a GUID) or a domain name of the organization"),
        ("customer.example", "must be another organization than this one"),
    ],
)
def test_what_cannot_be_connected_is_told_beside_the_field(visit: Visit, tid: str, words: str) -> None:
    page = visit("admin").post(f"{LIST}/connect", {"tid": tid})
    assert page.status_code == 400
    assert f"Directory ID or domain: {words}" in text_of(page)


def test_connecting_twice_is_told(visit: Visit, cast: Cast) -> None:
    connect_organization(cast.enter("admin"), tid="absent.example")
    data = {"tid": "absent.example", "display_name": "Again", "description": ""}
    page = visit("admin").post(f"{LIST}/connect", data)
    assert page.status_code == 400
    assert "This organization is connected already." in text_of(page)


def test_organization_is_edited_and_sponsored(visit: Visit, cast: Cast) -> None:
    organization, admin = connect(cast.customer, cast.provider), visit("admin")
    address = f"{LIST}/{organization.id}"
    admin.post(f"{address}/edit", {"display_name": "<b>Watch</b>", "description": "", "state": "proposed"})
    assert "<b>Watch</b>" not in admin.get(LIST).content.decode()
    assert "Proposed" in text_of(admin.get(address))
    admin.post(f"{address}/sponsors", {"user": "member@customer.example", "kind": "internal"})
    assert "Member Internal 10 Mar 2026" in text_of(admin.get(address))
    refused = admin.post(f"{address}/sponsors", {"user": "reader@customer.example", "kind": "external"})
    assert refused.status_code == 400
    assert "User: must be a guest to be an external sponsor" in text_of(refused)
    sponsor = Sponsor.objects.of_tenant(cast.customer.id).get()
    question = admin.get(f"{address}/sponsors/{sponsor.id}/remove")
    assert "Member no longer decides for <b>Watch</b>" in text_of(question).replace("&lt;", "<").replace(
        "&gt;", ">"
    )
    admin.post(f"{address}/sponsors/{sponsor.id}/remove")
    assert "Nobody answers for this organization." in text_of(admin.get(address))


def test_removal_names_who_loses_what_and_asks(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast)
    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id)
    organization, admin = ConnectedOrganization.rows.get(), visit("admin")
    question = text_of(admin.get(f"{LIST}/{organization.id}/remove"))
    for words in ("1 assignment came through it.", "1 policy no longer names it.", "Boss", "Tier 2 access"):
        assert words in question
    open_gate(cast.actor("boss"), str(cast.customer.id))
    admin.post(f"{LIST}/{organization.id}/remove", {"ends_assignments": "on"})
    with pytest.raises(NotFound):
        open_gate(cast.actor("boss"), str(cast.customer.id))
    assert admin.get(f"{LIST}/{organization.id}").status_code == 404


def test_guest_who_looks_is_followed(visit: Visit, cast: Cast) -> None:
    organization = connect(cast.customer, cast.provider)
    visit("admin").get(f"{LIST}/{organization.id}")
    assert (
        not AuditEvent.objects.of_tenant(cast.customer.id)
        .filter(tag="connected_organization.viewed")
        .exists()
    )


def test_list_asks_as_much_for_three_more_rows(visit: Visit, cast: Cast) -> None:
    visitor, scope = visit("admin"), cast.enter("admin")
    visitor.get(LIST)
    with CaptureQueriesContext(connection) as few:
        visitor.get(LIST)
    for name in ("a", "b", "c"):
        connect_organization(scope, tid=f"{name}.example")
    with CaptureQueriesContext(connection) as many:
        visitor.get(LIST)
    assert len(many) == len(few)
