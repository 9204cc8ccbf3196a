"""Inviting, and taking up what was offered."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.cast import NOW, Cast, days
from tests.notifications.post_office import posting
from tests.notifications.ruling import work
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.models import User
from tidegate.notifications.models import Delivery
from tidegate.web.views.invitations import mask_email

_ENDLESS = {"endless_reason": "A partner of the firm"}

type Visit = Callable[..., Visitor]


def test_link_is_shown_once_and_mailed(visit: Visit, cast: Cast, settings: Settings) -> None:
    admin = visit("admin")
    data = {"email": "stranger@nowhere.example", "display_name": "A Stranger", "ends_at": "2026-05-01T12:00"}
    response = admin.post("/users/invite", data)
    address = _address(response)
    assert "A Stranger is invited to Delta Mills" in text_of(response)
    assert "A mail with the link is on its way to stranger@nowhere.example." in text_of(response)
    user = User.objects.of_tenant(cast.customer.id).get(mail="stranger@nowhere.example")
    assert user.ends_at is not None
    assert user.ends_at.isoformat() == "2026-05-01T12:00:00+00:00"
    assert address not in admin.get(f"/users/{user.id}").content.decode()
    with posting(settings) as office:
        work()
    [sent], [text] = office.mails(), office.texts()
    assert (sent["Subject"], sent["To"]) == ("Admin invites you to Delta Mills", "stranger@nowhere.example")
    assert address in text
    assert "Admin invites you to enter Delta Mills as a guest." in text
    assert "until 9 April 2026, 09:00 UTC" in text


def test_guest_is_invited_into_a_group_of_the_tenant_only(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    group = cast.group("Tier 1")
    data = {"email": "stranger@nowhere.example", "group": str(group.id), **_ENDLESS}
    admin.post("/users/invite", data)
    assert "stranger" in text_of(admin.get(f"/groups/{group.id}")).lower()
    outsider = visit("outsider", cast.other)
    response = outsider.post("/users/invite", data)
    assert not User.objects.of_tenant(cast.other.id).filter(
        mail="stranger@nowhere.example", memberships__isnull=False
    )
    assert response.status_code in {200, 400}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"email": "no address <b>"}, "Email address: must be an e-mail address"),
        ({"email": "x@x.example", "ends_at": "2020-01-01T00:00"}, "Access ends: must lie in the future"),
        ({"email": "analyst@provider.example"}, "There is a user with this address in the tenant already."),
        ({"email": "x@x.example", "display_name": "a\u202eb"}, "Name: holds a sign that cannot be shown"),
        ({"email": "x@x.example", "display_name": "n" * 300}, "Name: must be at most 256 characters"),
    ],
)
def test_bad_invitation_is_named_and_kept(
    visit: Visit, cast: Cast, data: dict[str, str], reason: str
) -> None:
    users = User.objects.of_tenant(cast.customer.id).count()
    response = visit("admin").post("/users/invite", {**_ENDLESS, **data})
    assert response.status_code == 400
    assert reason in text_of(response)
    assert f'value="{data["email"].replace("<b>", "&lt;b&gt;")}"' in response.content.decode()
    assert User.objects.of_tenant(cast.customer.id).count() == users
    assert not Delivery.rows.exists()


def test_access_without_an_end_needs_a_reason_which_is_kept(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    refused = admin.post("/users/invite", {"email": "stranger@nowhere.example"})
    assert refused.status_code == 400
    assert "Reason for no end: is needed when access from outside has no end" in text_of(refused)
    admin.post("/users/invite", {"email": "stranger@nowhere.example", **_ENDLESS})
    event = AuditEvent.rows.filter(tag="user.invited").latest("at")
    assert json.loads(event.details)["endless_reason"] == "A partner of the firm"


def test_access_lasts_no_longer_than_the_operator_allows(visit: Visit, settings: Settings) -> None:
    settings.LONGEST_ACCESS_DAYS = 30
    admin = visit("admin")
    data = {"email": "stranger@nowhere.example", "ends_at": "2026-05-01T00:00"}
    refused = admin.post("/users/invite", data)
    assert "Access ends: must lie within 30 days from now" in text_of(refused)
    made = admin.post("/users/invite", {**data, "ends_at": "2026-04-01T00:00"})
    assert made.status_code == 200


def test_member_needs_an_address_of_the_tenant(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    data = {"email": "new@elsewhere.example", "display_name": "New"}
    refused = admin.post("/users/create", data)
    assert refused.status_code == 400
    assert "Email address: must be under a verified domain of this tenant" in text_of(refused)
    made = admin.post("/users/create", {**data, "email": "new@customer.example"})
    assert "New is invited to Delta Mills" in text_of(made)


def test_renewing_ends_the_earlier_link(visit: Visit, cast: Cast, client: Client) -> None:
    offer = invite_guest(cast.enter("admin"), email="stranger@nowhere.example")
    response = visit("admin").post(f"/users/{offer.user.id}/invitation")
    assert client.get(f"/invitations/{offer.token}").status_code == 404
    assert client.get(_path(response)).status_code == 200


def test_accepted_user_has_nothing_to_renew(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    address = f"/users/{cast.user('analyst').id}/invitation"
    page = admin.client.post(address, query_params={"tid": admin.tid}, follow=True)
    assert "This user has accepted already." in page.content.decode()


def test_signed_out_is_told_and_comes_back(cast: Cast, client: Client) -> None:
    path = f"/invitations/{invite_guest(cast.enter('admin'), email='stranger@nowhere.example').token}"
    response = client.get(path)
    page = response.content.decode()
    assert "You are invited to Delta Mills" in text_of(response)
    assert "s***@nowhere.example" in text_of(response)
    assert "stranger@nowhere.example" not in page
    assert f"/sign-in?next={path.replace('/', '%2F')}" in page
    assert client.post(path).status_code == 200
    assert User.objects.of_tenant(cast.customer.id).get(mail="stranger@nowhere.example").account is None


def test_invited_may_sign_up_where_sign_up_is_closed(cast: Cast, client: Client, settings: Settings) -> None:
    settings.TRIAL_TENANTS = False
    assert client.get("/sign-up").status_code == 403
    client.get(f"/invitations/{invite_guest(cast.enter('admin'), email='new@x.example').token}")
    response = client.get("/sign-up")
    assert response.status_code == 200
    assert 'value="new@x.example"' in response.content.decode()


def test_invited_accepts_and_is_inside(visit: Visit, cast: Cast) -> None:
    offer = invite_guest(cast.enter("admin"), email="stranger@nowhere.example")
    stranger, path = visit("stranger"), f"/invitations/{offer.token}"
    assert stranger.get("/properties").status_code == 404
    assert "Accept and enter Delta Mills" in text_of(stranger.client.get(path))
    response = stranger.client.post(path)
    assert response.status_code == 302
    assert response.headers["Location"] == f"/?tid={cast.customer.id}"
    assert stranger.get("/properties").status_code == 200
    assert stranger.client.get(path).status_code == 404
    tags = AuditEvent.objects.of_tenant(cast.customer.id).order_by("-sequence").values_list("tag", flat=True)
    assert list(tags[:3]) == ["properties.viewed", "tenant.entered", "invitation.redeemed"]


def test_another_account_is_told_for_whom_it_is(visit: Visit, cast: Cast) -> None:
    offer = invite_guest(cast.enter("admin"), email="stranger@nowhere.example")
    outsider, path = visit("outsider"), f"/invitations/{offer.token}"
    for response in (outsider.client.get(path), outsider.client.post(path)):
        words = text_of(response)
        assert "You are signed in as outsider@other.example" in words
        assert "s***@nowhere.example" in words
        assert "stranger@nowhere.example" not in words
        assert "Sign out" in words
    assert outsider.get("/properties").status_code == 404


def test_links_that_are_not_open_answer_alike(visit: Visit, cast: Cast) -> None:
    scope = cast.enter("admin")
    overdue = invite_guest(scope, email="a@x.example").token
    revoked = invite_guest(scope, email="b@x.example")
    visit("admin").post(f"/users/{revoked.user.id}/remove")
    used = invite_guest(scope, email="stranger@nowhere.example").token
    stranger = visit("stranger")
    stranger.client.post(f"/invitations/{used}")
    with standing_at(NOW + days(31)):
        for client in (Client(), stranger.client):
            answers = {
                (response.status_code, _plain(response, token))
                for token in (overdue, revoked.token, used, "unknown")
                for response in [client.get(f"/invitations/{token}")]
            }
            assert len(answers) == 1
            assert {status for status, _page in answers} == {404}


def test_mask_keeps_one_letter() -> None:
    assert mask_email("stranger@nowhere.example") == "s***@nowhere.example"


def _address(response: Any) -> str:
    found = re.search(r"https?://[^\s<\"]+/invitations/[\w-]+", response.content.decode())
    assert found
    return found.group()


def _path(response: Any) -> str:
    return "/invitations/" + _address(response).rpartition("/")[2]


def _plain(response: Any, token: str) -> str:
    text = response.content.decode().replace(token, "TOKEN")
    return re.sub(r'("X-CSRFToken":"|name="csrfmiddlewaretoken" value=")\w+', r"\1", text)
