"""Inviting somebody, and taking up an invitation."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.accounts.actors import actor_of
from tidegate.accounts.invited import remember_invited
from tidegate.accounts.models import Account
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Conflict
from tidegate.directory.actions.invitations import (
    Offer,
    find_invitation,
    invite_member,
    redeem_invitation,
    renew_invitation,
)
from tidegate.directory.actions.welcoming import invite_guest_into
from tidegate.directory.invitation_mail import invitation_link
from tidegate.directory.models import Invitation
from tidegate.directory.queries import list_groups
from tidegate.notifications.actions.invitations import queue_invitation
from tidegate.web.forms.people import CreateMemberForm, InviteGuestForm
from tidegate.web.forms.submitting import submit
from tidegate.web.links import tenant_link
from tidegate.web.visit import Visit, in_tenant, say


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("users", Permission.USER_INVITE)
def invite(visit: Visit) -> HttpResponseBase:
    """Invite a guest; the link is shown once, on the page that answers."""
    visit.require(Permission.USER_INVITE)
    groups = list(list_groups(visit.scope)) if visit.scope.allows(Permission.GROUP_MANAGE) else []
    form = InviteGuestForm(visit.request.POST or None, groups=groups)
    if not groups:
        del form.fields["group"]
    made: list[Offer] = []
    if visit.method == "POST" and submit(form, lambda values: made.append(_invite(visit, values))):
        return _show_offer(visit, made[0])
    return _render_form(visit, form, "guest")


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("users", Permission.USER_INVITE)
def create_member(visit: Visit) -> HttpResponseBase:
    """Make somebody a member; they take it up by the same kind of link."""
    visit.require(Permission.USER_INVITE)
    form = CreateMemberForm(visit.request.POST or None)
    made: list[Offer] = []
    if visit.method == "POST" and submit(
        form, lambda values: made.append(invite_member(visit.scope, **values))
    ):
        return _show_offer(visit, made[0])
    return _render_form(visit, form, "member")


@require_http_methods(["POST"])
@in_tenant("users", Permission.USER_INVITE)
def renew(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """A new link; earlier ones end."""
    try:
        offer = renew_invitation(visit.scope, user_id)
    except Conflict as error:
        visit.complain(say(error))
        return visit.redirect("user", user_id)
    return _show_offer(visit, offer)


@require_http_methods(["GET", "HEAD", "POST"])
def show_invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page of the link: explains, lets sign in, lets accept. Any link that is not open: not found."""
    invitation = find_invitation(token)
    account = request.user
    if not isinstance(account, Account):
        remember_invited(request, invitation.invited_email)
        return _render_invitation(request, invitation, "signed_out")
    if account.email != invitation.invited_email:
        return _render_invitation(request, invitation, "other_account")
    if request.method != "POST":
        return _render_invitation(request, invitation, "accept")
    try:
        user = redeem_invitation(actor_of(request), account, token)
    except Conflict as error:
        return _render_invitation(request, invitation, "accept", say(error), status=409)
    return HttpResponseRedirect(tenant_link("overview", str(user.tenant_id)))


def mask_email(email: str) -> str:
    """An address that its owner recognises and nobody else learns: `a***@x.example`."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}***@{domain}"


def _invite(visit: Visit, values: Mapping[str, Any]) -> Offer:
    details = {name: values[name] for name in ("email", "display_name", "ends_at", "endless_reason")}
    return invite_guest_into(visit.scope, values.get("group"), **details)


def _render_form(visit: Visit, form: InviteGuestForm | CreateMemberForm, kind: str) -> HttpResponse:
    segments = [
        {"label": _("A guest"), "url": visit.link("invite"), "count": None, "current": kind == "guest"},
        {
            "label": _("A member"),
            "url": visit.link("create_member"),
            "count": None,
            "current": kind != "guest",
        },
    ]
    context = {"form": form, "kind": kind, "segments": segments}
    return visit.render("web/invitations/form.html", context, status=400 if form.errors else 200)


def _show_offer(visit: Visit, offer: Offer) -> HttpResponse:
    queue_invitation(visit.scope, offer)
    context = {"offer": offer, "invitation_link": invitation_link(offer.token)}
    return visit.render("web/invitations/made.html", context)


def _render_invitation(
    request: HttpRequest, invitation: Invitation, stage: str, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "invitation": invitation,
        "tenant": invitation.tenant,
        "stage": stage,
        "problem": problem,
        "masked": mask_email(invitation.invited_email),
        "here": request.path,
    }
    return render(request, "web/invitations/show.html", context, status=status)
