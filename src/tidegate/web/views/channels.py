"""Webhooks and chats that notification rules tell through."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.notifications.actions.channels import (
    create_chat,
    create_webhook,
    pause_channel,
    remove_channel,
    resume_channel,
    rotate_secret,
    update_channel,
)
from tidegate.notifications.models import Channel
from tidegate.notifications.queries import get_channel, list_channels
from tidegate.notifications.words import ChannelKind
from tidegate.web.confirming import ask
from tidegate.web.forms.channels import ChannelForm, ChatForm, SecretForm, WebhookForm
from tidegate.web.forms.submitting import submit
from tidegate.web.notification_tabs import KEY, MANAGE, notification_tabs
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant(KEY, MANAGE)
def list_all(visit: Visit) -> HttpResponseBase:
    """Each with how it fares."""
    channels = list_channels(visit.scope)
    visit.note_view("notification_channels.viewed")
    rows = [{"channel": one, "kind": ChannelKind(one.kind).label, **_state_of(one)} for one in channels]
    context = {"rows": rows, "tabs": notification_tabs(visit, "notification_channels")}
    return visit.render("web/notifications/channels.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def new_webhook(visit: Visit) -> HttpResponseBase:
    """A webhook, whose secret stands on the page that answers and nowhere else."""
    visit.require(MANAGE)
    form, made = WebhookForm(visit.request.POST or None), list[tuple[Channel, str]]()
    if visit.method == "POST" and submit(
        form, lambda values: made.append(create_webhook(visit.scope, **values))
    ):
        return _show_secret(visit, *made[0])
    return _render(visit, form, _("New webhook"), _("Create webhook"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def new_chat(visit: Visit) -> HttpResponseBase:
    """A chat."""
    visit.require(MANAGE)
    form = ChatForm(visit.request.POST or None)
    if visit.method == "POST" and submit(form, lambda values: create_chat(visit.scope, **values)):
        visit.tell(_("%(name)s created.") % {"name": form.cleaned_data["display_name"]})
        return visit.redirect("notification_channels")
    return _render(visit, form, _("New chat"), _("Create chat"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def edit(visit: Visit, channel_id: uuid.UUID) -> HttpResponseBase:
    """Another name or address."""
    channel = get_channel(visit.scope, channel_id)
    form = ChannelForm(visit.request.POST or None, initial={"display_name": channel.display_name})

    def update(values: Mapping[str, Any]) -> None:
        update_channel(visit.scope, channel_id, **values)

    if visit.method == "POST" and submit(form, update):
        visit.tell(_("Channel saved."))
        return visit.redirect("notification_channels")
    return _render(visit, form, _("Edit %(name)s") % {"name": channel.display_name}, _("Save"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def rotate(visit: Visit, channel_id: uuid.UUID) -> HttpResponseBase:
    """Another secret, shown once; the old one signs beside it for a while."""
    channel = get_channel(visit.scope, channel_id)
    form, made = SecretForm(visit.request.POST or None), list[tuple[Channel, str]]()

    def act(values: Mapping[str, Any]) -> None:
        made.append(rotate_secret(visit.scope, channel_id, **values))

    if visit.method == "POST" and submit(form, act):
        return _show_secret(visit, *made[0])
    title = _("New secret of %(name)s") % {"name": channel.display_name}
    return _render(visit, form, title, _("Make a new secret"))


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def pause(visit: Visit, channel_id: uuid.UUID) -> HttpResponseBase:
    """Let it take nothing for now."""
    return _act(visit, lambda: pause_channel(visit.scope, channel_id), _("Channel paused."))


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def resume(visit: Visit, channel_id: uuid.UUID) -> HttpResponseBase:
    """Let it take messages again."""
    return _act(visit, lambda: resume_channel(visit.scope, channel_id), _("Channel resumed."))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def remove(visit: Visit, channel_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take it away, from every rule too."""
    channel = get_channel(visit.scope, channel_id)
    names = {"name": channel.display_name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        return _act(visit, lambda: remove_channel(visit.scope, channel_id), _("%(name)s removed.") % names)
    return ask(
        visit,
        title=_("Remove %(name)s?") % names,
        sentence=_("No rule of %(tenant)s tells through %(name)s any more.") % names,
        button=_("Remove from %(tenant)s") % names,
        back_url=visit.link("notification_channels"),
        consequences=[_("A rule that tells nobody else keeps it from being removed.")],
    )


def _act(visit: Visit, action: Callable[[], object], done: str) -> HttpResponseBase:
    visit.attempt(action, done)
    return visit.redirect("notification_channels")


def _state_of(channel: Channel) -> dict[str, str]:
    if channel.paused_at is not None:
        return {"level": "bad" if channel.failures else "dim", "state": _("Paused")}
    if channel.failures:
        return {"level": "warning", "state": _("Failing")}
    return {"level": "ok", "state": _("Active")}


def _show_secret(visit: Visit, channel: Channel, secret: str) -> HttpResponse:
    return visit.render("web/notifications/secret.html", {"channel": channel, "secret": secret})


def _render(visit: Visit, form: forms.Form, title: str, button: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "button": button,
        "back_url": visit.link("notification_channels"),
        "crumbs": [
            (_("Notifications"), visit.link("notifications")),
            (_("Channels"), visit.link("notification_channels")),
        ],
    }
    return visit.render("web/directory/form.html", context, 400 if form.errors else 200)
