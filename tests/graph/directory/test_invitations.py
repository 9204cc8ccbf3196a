from typing import Any

import pytest
from pytest_django import Settings

from tests.cast import Cast
from tests.graph.speaking import speak
from tests.notifications.post_office import posting
from tests.notifications.ruling import work
from tidegate.directory.actions.invitations import find_invitation
from tidegate.directory.models import User
from tidegate.notifications.models import Delivery

pytestmark = pytest.mark.usefixtures("now")


def wish(email: str = "new@elsewhere.example", **members: Any) -> dict[str, Any]:
    return {"invitedUserEmailAddress": email, "inviteRedirectUrl": "https://portal.example/", **members}


def test_guest_is_invited_without_a_mail(cast: Cast) -> None:
    answer = speak(cast, "User.Invite.All").post("invitations", wish(invitedUserDisplayName="New One"))

    assert answer.status == 201
    body = answer.body
    assert (body["status"], body["invitedUserEmailAddress"]) == ("PendingAcceptance", "new@elsewhere.example")
    user = User.objects.of_tenant(cast.customer.id).get(id=body["invitedUser"]["id"])
    assert (user.display_name, user.is_guest, user.ends_at is not None) == ("New One", True, True)
    assert find_invitation(body["inviteRedeemUrl"].rstrip("/").rpartition("/")[2]).user_id == user.id
    assert not Delivery.rows.exists()


def test_mail_is_sent_where_it_is_wished(cast: Cast, settings: Settings) -> None:
    body = wish(
        sendInvitationMessage=True, invitedUserMessageInfo={"customizedMessageBody": "Welcome aboard"}
    )

    answer = speak(cast, "User.Invite.All").post("invitations", body).body

    with posting(settings) as office:
        work()
    assert office.recipients() == ["new@elsewhere.example"]
    [text] = office.texts()
    assert answer["inviteRedeemUrl"] in text
    assert "Welcome aboard" in text


def test_who_has_not_answered_gets_a_new_link(cast: Cast) -> None:
    program = speak(cast, "User.Invite.All")

    first, second = (program.post("invitations", wish()).body for _ in range(2))

    assert first["invitedUser"]["id"] == second["invitedUser"]["id"]
    assert first["inviteRedeemUrl"] != second["inviteRedeemUrl"]


def test_who_is_a_guest_already_is_told_of(cast: Cast) -> None:
    answer = speak(cast, "User.Invite.All").post("invitations", wish("analyst@provider.example"))

    assert answer.status == 201
    assert (answer.body["status"], answer.body["inviteRedeemUrl"]) == ("Completed", None)
    assert answer.body["invitedUser"]["id"] == str(cast.user("analyst").id)


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ({"inviteRedirectUrl": "https://x.example"}, "invitedUserEmailAddress"),
        ({"invitedUserEmailAddress": "a@b.example"}, "inviteRedirectUrl"),
        (wish(inviteRedirectUrl="javascript:alert(1)"), "inviteRedirectUrl"),
        (wish(invitedUserType="Robot"), "invitedUserType"),
        (wish(sendInvitationMessage="yes"), "sendInvitationMessage"),
        (wish(resetRedemption=True), "resetRedemption"),
        (wish(invitedUserMessageInfo={"ccRecipients": [{"emailAddress": {}}]}), "ccRecipients"),
        (wish(invitedUserType="Member"), "email"),
    ],
)
def test_wish_of_another_form_is_refused_by_name(cast: Cast, body: dict[str, Any], member: str) -> None:
    answer = speak(cast, "User.Invite.All").post("invitations", body)

    assert answer.code == (400, "Request_BadRequest")
    assert member in answer.message


def test_inviting_needs_the_permission(cast: Cast) -> None:
    assert speak(cast, "User.Read.All").post("invitations", wish()).status == 403
    assert not User.objects.of_tenant(cast.customer.id).filter(mail="new@elsewhere.example").exists()
