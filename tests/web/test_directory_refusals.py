"""Every page of the directory, tried by those who may not."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent, Result, WaitingEvent
from tidegate.directory.models import Domain, Group, GroupMembership, RoleAssignment, User

type Visit = Callable[..., Visitor]

# page, the permission it needs
PAGES = (
    ("/properties/edit", "tenant.update"),
    ("/users", "user.read"),
    ("/users/{user}", "user.read"),
    ("/users/{user}/remove", "user.remove"),
    ("/users/{user}/refresh-tokens/revoke", "user.update"),
    ("/users/invite", "user.invite"),
    ("/users/create", "user.invite"),
    ("/groups", "group.read"),
    ("/groups/create", "group.manage"),
    ("/groups/{group}", "group.read"),
    ("/groups/{group}/edit", "group.manage"),
    ("/groups/{group}/delete", "group.manage"),
    ("/groups/{group}/members/{membership}/remove", "group.manage"),
    ("/roles", "role.read"),
    ("/roles/assignments/{assignment}/remove", "role.assign"),
    ("/domains/{domain}/remove", "domain.manage"),
    ("/audit", "audit.read"),
    ("/audit/since", "audit.read"),
    ("/audit/1", "audit.read"),
    ("/access", "access.explain"),
)
CHANGES = (
    ("/properties/edit", "tenant.update"),
    ("/users/{user}/block", "user.update"),
    ("/users/{user}/unblock", "user.update"),
    ("/users/{user}/end", "user.update"),
    ("/users/{user}/remove", "user.remove"),
    ("/users/{user}/refresh-tokens/revoke", "user.update"),
    ("/users/{user}/invitation", "user.invite"),
    ("/users/invite", "user.invite"),
    ("/users/create", "user.invite"),
    ("/groups/create", "group.manage"),
    ("/groups/{group}/edit", "group.manage"),
    ("/groups/{group}/delete", "group.manage"),
    ("/groups/{group}/members", "group.manage"),
    ("/groups/{group}/members/{membership}/remove", "group.manage"),
    ("/roles/assignments", "role.assign"),
    ("/roles/assignments/{assignment}/remove", "role.assign"),
    ("/domains/add", "domain.manage"),
    ("/domains/{domain}/verify", "domain.manage"),
    ("/domains/{domain}/default", "domain.manage"),
    ("/domains/{domain}/remove", "domain.manage"),
    ("/audit/verification", "audit.read"),
    ("/audit/export.csv", "audit.read"),
    ("/audit/export.ndjson", "audit.read"),
    ("/access/export", "access.explain"),
)
READABLE = {"user.read", "group.read", "role.read", "audit.read"}


@pytest.fixture
def paths(cast: Cast) -> dict[str, str]:
    """Ids of the customer's own objects, for the addresses."""
    tenant_id = cast.customer.id
    return {
        "user": str(cast.user("analyst").id),
        "group": str(cast.group("Tier 1").id),
        "membership": str(
            GroupMembership.objects.of_tenant(tenant_id).get(user_id=cast.user("analyst").id).id
        ),
        "assignment": str(RoleAssignment.objects.of_tenant(tenant_id).filter(group_id__isnull=False)[0].id),
        "domain": str(Domain.objects.get(tenant_id=tenant_id).id),
    }


@pytest.mark.parametrize("name", ["member", "helper", "analyst"])
def test_pages_without_permission_are_refused_and_recorded(
    visit: Visit, cast: Cast, paths: dict[str, str], name: str
) -> None:
    visitor = visit(name)
    for page, permission in PAGES:
        response = visitor.get(page.format(**paths))

        assert response.status_code == 403, page
        assert permission in text_of(response), page
        assert "A Global Administrator of Delta Mills" in text_of(response)
        assert _last_event(cast) == ("access.refused", Result.REFUSED, cast.accounts[name].email), page


def test_pages_of_reader_open_only_what_reading_allows(visit: Visit, paths: dict[str, str]) -> None:
    visitor = visit("reader")
    for page, permission in PAGES:
        # The part that polls is opened only by what the page itself handed out.
        allowed = 400 if page == "/audit/since" else 200
        expected = allowed if permission in READABLE else 403
        assert visitor.get(page.format(**paths)).status_code == expected, page


@pytest.mark.parametrize("name", ["member", "analyst"])
def test_changes_without_permission_are_refused_and_recorded(
    visit: Visit, cast: Cast, paths: dict[str, str], name: str
) -> None:
    visitor = visit(name)
    before = _rows(cast)
    for page, permission in CHANGES:
        response = visitor.post(page.format(**paths), {"display_name": "X", "email": "x@x.example"})

        assert response.status_code == 403, page
        assert permission in text_of(response), page
        assert _last_event(cast) == ("access.refused", Result.REFUSED, cast.accounts[name].email), page
    assert _rows(cast) == before


def test_outsider_gets_what_an_absent_tenant_answers(visit: Visit, cast: Cast, paths: dict[str, str]) -> None:
    visitor, absent = visit("outsider"), str(uuid.uuid4())
    for page in ["/properties", "/domains", *(page for page, _permission in PAGES)]:
        WaitingEvent.objects.all().delete()

        theirs = visitor.get(page.format(**paths))
        nobodys = visitor.get(page.format(**paths), tid=absent)

        assert (theirs.status_code, nobodys.status_code) == (404, 404), page
        assert _plain(theirs, visitor.tid) == _plain(nobodys, absent), page
        assert b"Delta Mills" not in theirs.content
        assert list(WaitingEvent.objects.values_list("tag", "asked").order_by("id")) == [
            ("tenant.entry_refused", visitor.tid),
            ("tenant.entry_refused", absent),
        ]


def test_outsider_changes_nothing(visit: Visit, cast: Cast, paths: dict[str, str]) -> None:
    visitor = visit("outsider")
    before = _rows(cast)
    for page, _permission in CHANGES:
        response = visitor.post(page.format(**paths), {"display_name": "X", "email": "x@x.example"})
        assert response.status_code == 404, page
    assert _rows(cast) == before


def test_objects_of_another_tenant_are_not_found(visit: Visit, cast: Cast, paths: dict[str, str]) -> None:
    visitor = visit("outsider", cast.other)
    for page, _permission in PAGES:
        if "{" in page:
            response = visitor.get(page.format(**paths))
            assert response.status_code == 404, page
            assert "Nothing is here" in text_of(response)
            assert "Analyst" not in text_of(response)


def test_objects_of_another_tenant_cannot_be_changed(visit: Visit, cast: Cast, paths: dict[str, str]) -> None:
    before, visitor = _rows(cast), visit("outsider", cast.other)
    data = {"display_name": "X", "user": "outsider@other.example"}
    for page, _permission in CHANGES:
        if "{" in page:
            assert visitor.post(page.format(**paths), data).status_code == 404, page
    assert _rows(cast) == before


def test_signed_out_comes_back_after_signing_in(client: Any, cast: Cast, paths: dict[str, str]) -> None:
    for page, _permission in PAGES:
        address = page.format(**paths)
        response = client.get(address, {"tid": str(cast.customer.id)})
        assert response.status_code == 302, page
        assert response.url.startswith(f"/sign-in?next={address.replace('/', '%2F')}%3Ftid%3D"), page


def test_malformed_tid_is_a_clear_400(visit: Visit) -> None:
    response = visit("admin").get("/users", tid="not a tenant <b>")
    assert response.status_code == 400
    assert "must be a directory ID (a GUID) or a domain name" in text_of(response)


def _last_event(cast: Cast) -> tuple[str, str, str]:
    event = AuditEvent.objects.of_tenant(cast.customer.id).order_by("-sequence")[0]
    return event.tag, event.result, event.actor_email


def _rows(cast: Cast) -> list[Any]:
    """What the pages change, as it stands."""
    kept: list[Any] = [
        list(model.objects.of_tenant(cast.customer.id).order_by("id").values())
        for model in (User, Group, GroupMembership, RoleAssignment)
    ]
    for user in kept[0]:
        user.pop("last_entered_at")
    tenant = type(cast.customer).objects.filter(id=cast.customer.id).values().get()
    return [*kept, tenant, list(Domain.objects.filter(tenant_id=cast.customer.id).values())]


def _plain(response: Any, tid: str) -> str:
    """A page without its one-time marks and without the echo."""
    text = response.content.decode().replace(tid, "TID")
    text = re.sub(r'("X-CSRFToken":"|name="csrfmiddlewaretoken" value=")\w+', r"\1", text)
    return re.sub(r'nonce="[^"]*"', "", text)
