"""`/invitations`: guests and members are invited (Microsoft, "Create invitation").

Whoever is asked again who has not answered gets a new link; who has is not asked again, and Graph says so
with the same answer. `inviteRedirectUrl` is given back and not followed: acceptance leads into the tenant.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.http import HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_block, clean_line
from tidegate.directory.actions.invitations import Offer, invite_guest, invite_member, renew_invitation
from tidegate.directory.invitation_mail import invitation_link
from tidegate.directory.models import User
from tidegate.directory.names import clean_email
from tidegate.directory.queries import list_users
from tidegate.graph.answers import answer_object
from tidegate.graph.bodies import Body
from tidegate.graph.directory.people import render_user
from tidegate.graph.objects import Document
from tidegate.notifications.actions.invitations import queue_invitation
from tidegate.oauth.endpoint import Call

LONGEST_MESSAGE: Final = 1000
_MEMBERS: Final = frozenset(
    {
        "invitedUserDisplayName", "invitedUserEmailAddress", "invitedUserMessageInfo", "invitedUserType",
        "inviteRedirectUrl", "resetRedemption", "sendInvitationMessage",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What a program asks for."""

    email: str
    redirect_url: str
    display_name: str
    is_guest: bool
    sends_mail: bool
    message: str
    message_info: Document | None


def create(call: Call) -> HttpResponseBase:
    """Invite somebody, by mail if that is wished; the link is in the answer, once."""
    wish = read_wish(Body(call.read_json()))
    require(call.scope, Permission.USER_INVITE)
    user = list_users(call.scope).filter(mail=wish.email).first()
    if user is not None and user.external_user_state == User.ExternalUserState.ACCEPTED:
        return _answer(call, wish, user, None)
    offer = _offer(call.scope, wish, user)
    if wish.sends_mail:
        queue_invitation(call.scope, offer, message=wish.message)
    return _answer(call, wish, offer.user, offer)


def read_wish(body: Body) -> Wish:
    """The body, checked. Raises InvalidInput."""
    body.check_members(_MEMBERS)
    if body.flag("resetRedemption", default=False):
        raise InvalidInput(fields={"resetRedemption": "is not supported: remove the user and invite anew"})
    kind = body.text("invitedUserType", "Guest").lower()
    if kind not in {"guest", "member"}:
        raise InvalidInput(fields={"invitedUserType": "must be Guest or Member"})
    info = body.inner("invitedUserMessageInfo")
    return Wish(
        email=clean_email(body.text("invitedUserEmailAddress"), "invitedUserEmailAddress"),
        redirect_url=_read_redirect(body),
        display_name=body.text("invitedUserDisplayName"),
        is_guest=kind == "guest",
        sends_mail=body.flag("sendInvitationMessage", default=False),
        message=_read_message(info),
        message_info=dict(info.members) if info else None,
    )


def _read_redirect(body: Body) -> str:
    address = clean_line(body.text("inviteRedirectUrl"), "inviteRedirectUrl", longest=2048)
    if urlsplit(address).scheme not in {"http", "https"}:
        raise InvalidInput(fields={"inviteRedirectUrl": "must be an address like https://host.example/"})
    return address


def _read_message(info: Body) -> str:
    text = info.text("customizedMessageBody")
    if info.many("ccRecipients"):
        # The link lets whoever reads it see that somebody is invited, and is theirs alone.
        raise InvalidInput(fields={info.name("ccRecipients"): "must be empty: the link is for one person"})
    return clean_block(text, info.name("customizedMessageBody"), longest=LONGEST_MESSAGE, required=False)


def _offer(scope: Scope, wish: Wish, user: User | None) -> Offer:
    if user is not None:
        return renew_invitation(scope, user.id)
    if wish.is_guest:
        return invite_guest(scope, email=wish.email, display_name=wish.display_name)
    return invite_member(scope, email=wish.email, display_name=wish.display_name or wish.email)


def _answer(call: Call, wish: Wish, user: User, offer: Offer | None) -> HttpResponseBase:
    document: Document = {
        "id": str(offer.invitation.id if offer else user.id),
        "inviteRedeemUrl": invitation_link(offer.token) if offer else None,
        "invitedUserDisplayName": wish.display_name or None,
        "invitedUserType": "Guest" if user.is_guest else "Member",
        "invitedUserEmailAddress": user.mail,
        "sendInvitationMessage": wish.sends_mail,
        "resetRedemption": False,
        "inviteRedirectUrl": wish.redirect_url,
        "status": "PendingAcceptance" if offer else "Completed",
        "invitedUserMessageInfo": wish.message_info,
        "invitedUser": {"@odata.type": "#microsoft.graph.user", **render_user(user)},
    }
    return answer_object(call, "invitations", document, status=201)
