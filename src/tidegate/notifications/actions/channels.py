"""Webhooks and chats are set up, changed, given new secrets, resumed, removed."""

import uuid
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.scope import Scope
from tidegate.connectors.channels.chat.services import find_service
from tidegate.connectors.channels.webhook.signing import check_secret, make_secret
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.core.outbound import check_address, check_place
from tidegate.core.sealing import seal
from tidegate.core.text import clean_line
from tidegate.directory.policy import lock_directory
from tidegate.notifications.failing import channel_target
from tidegate.notifications.models import Channel, NotificationRule, RuleRecipient
from tidegate.notifications.policy import check_used_within_sight, require_rules
from tidegate.notifications.sealed import ADDRESS, SECRET
from tidegate.notifications.words import ChannelKind

OLD_SECRET_SIGNS: Final = timedelta(hours=24)
"""So long a webhook is signed with the secret before as well, unless something else is wished."""

LONGEST_OVERLAP: Final = timedelta(days=30)


def create_webhook(scope: Scope, *, display_name: str, address: str, secret: str = "") -> tuple[Channel, str]:
    """Set up a webhook; gives it with its secret, which is shown this once. An empty `secret` is made.

    Raises Forbidden, InvalidInput, Conflict when the name is taken.
    """
    require_rules(scope)
    check_place(address, "address")
    if secret:
        check_secret(secret, "secret")
    secret = secret or make_secret()
    channel = _make(scope, ChannelKind.WEBHOOK, display_name, address, _host_of(address))
    channel.sealed_secret = seal(secret, SECRET)
    return _create(scope, channel), secret


def create_chat(scope: Scope, *, display_name: str, address: str) -> Channel:
    """Set up a chat by the address that its service hands out.

    Raises Forbidden, InvalidInput, Conflict when the name is taken.
    """
    require_rules(scope)
    service = find_service(address, "address")
    return _create(scope, _make(scope, ChannelKind.CHAT, display_name, address, service.name))


def update_channel(scope: Scope, channel_id: uuid.UUID, *, display_name: str, address: str = "") -> Channel:
    """Rename a channel; with an address, lead it elsewhere, where a failing one begins anew.

    Raises Forbidden, also where rules beyond the editor's sight tell through it, NotFound, InvalidInput,
    Conflict when the name is taken.
    """
    require_rules(scope)
    name = clean_line(display_name, "display_name", longest=256)
    own = Channel.objects.in_scope(scope).filter(id=channel_id, kind=ChannelKind.WEBHOOK)
    if address and own.exists():
        # Looking a name up may take seconds: nobody is locked out meanwhile.
        check_place(address, "address")
    with transaction.atomic():
        lock_directory(scope)
        channel = _lock(scope, channel_id)
        _check_name_free(scope, name, channel.id)
        before = {"display_name": channel.display_name, "address": channel.address_hint}
        channel.display_name = name
        if address:
            check_used_within_sight(scope, channel_id=channel.id)
            channel.address_hint = _check_kind(channel, address)
            channel.sealed_address = seal(address, ADDRESS)
            _begin_anew(channel)
        channel.save()
        after = {"display_name": channel.display_name, "address": channel.address_hint}
        details = {"before": before, "after": after, "address_changed": bool(address)}
        record(scope, "notification_channel.updated", channel_target(channel), details=details)
    return channel


def rotate_secret(
    scope: Scope, channel_id: uuid.UUID, *, secret: str = "", overlap: timedelta = OLD_SECRET_SIGNS
) -> tuple[Channel, str]:
    """Give a webhook a new secret, shown this once; the old one signs beside it for a while.

    Raises Forbidden, also where rules beyond the editor's sight tell through it, NotFound, InvalidInput.
    """
    require_rules(scope)
    if secret:
        check_secret(secret, "secret")
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidInput(fields={"overlap": f"must be at most {LONGEST_OVERLAP.days} days"})
    secret = secret or make_secret()
    with transaction.atomic():
        channel = _lock(scope, channel_id)
        check_used_within_sight(scope, channel_id=channel.id)
        if channel.kind != ChannelKind.WEBHOOK:
            raise InvalidInput("Only webhooks are signed.")
        channel.sealed_previous_secret, channel.sealed_secret = channel.sealed_secret, seal(secret, SECRET)
        channel.previous_until = clock.now() + overlap
        channel.save(update_fields=["sealed_secret", "sealed_previous_secret", "previous_until"])
        details = {"old_one_signs_until": channel.previous_until}
        record(scope, "notification_channel.secret_rotated", channel_target(channel), details=details)
    return channel, secret


def resume_channel(scope: Scope, channel_id: uuid.UUID) -> Channel:
    """Let a paused channel take messages again. Raises Forbidden, NotFound."""
    require_rules(scope)
    with transaction.atomic():
        channel = _lock(scope, channel_id)
        if channel.paused_at is not None:
            _begin_anew(channel)
            channel.save()
            record(scope, "notification_channel.resumed", channel_target(channel))
    return channel


def pause_channel(scope: Scope, channel_id: uuid.UUID) -> Channel:
    """Let a channel take nothing until it is resumed. Raises Forbidden, NotFound."""
    require_rules(scope)
    with transaction.atomic():
        channel = _lock(scope, channel_id)
        if channel.paused_at is None:
            channel.paused_at = clock.now()
            channel.paused_because = f"paused by {scope.actor.display_name}"[:512]
            channel.save(update_fields=["paused_at", "paused_because"])
            record(scope, "notification_channel.paused", channel_target(channel))
    return channel


def remove_channel(scope: Scope, channel_id: uuid.UUID) -> None:
    """Remove a channel, and from every rule; a rule that tells through it alone keeps it from being removed.

    Raises Forbidden, NotFound, Conflict.
    """
    require_rules(scope)
    with transaction.atomic():
        lock_directory(scope)
        channel = _lock(scope, channel_id)
        check_used_within_sight(scope, channel_id=channel.id)
        check_not_needed(scope, channel_id=channel.id)
        record(scope, "notification_channel.removed", channel_target(channel))
        channel.delete()


def check_not_needed(
    scope: Scope, *, channel_id: uuid.UUID | None = None, rota_id: uuid.UUID | None = None
) -> None:
    """Raise Conflict, naming it, for a rule of which a step would have no recipient any more."""
    used = RuleRecipient.objects.in_scope(scope)
    own = used.filter(channel_id=channel_id) if channel_id else used.filter(rota_id=rota_id)
    in_force = NotificationRule.objects.in_scope(scope).filter(removed_at__isnull=True)
    for row in own.filter(rule_id__in=in_force.values("id")).select_related("rule"):
        others = used.filter(rule_id=row.rule_id, step=row.step)
        if not others.exclude(id__in=own.values("id")).exists():
            message = f"The rule “{row.rule.display_name}” tells nobody else. Change it first."
            raise Conflict(message)


def _make(scope: Scope, kind: ChannelKind, display_name: str, address: str, hint: str) -> Channel:
    return Channel(
        tenant_id=scope.tenant_id,
        kind=kind,
        display_name=clean_line(display_name, "display_name", longest=256),
        address_hint=hint[:256],
        sealed_address=seal(address, ADDRESS),
        created_at=clock.now(),
        created_by=scope.actor.display_name[:256],
    )


def _create(scope: Scope, channel: Channel) -> Channel:
    with transaction.atomic():
        lock_directory(scope)
        _check_name_free(scope, channel.display_name, None)
        channel.save(force_insert=True)
        details = {"kind": channel.kind, "address": channel.address_hint}
        record(scope, "notification_channel.created", channel_target(channel), details=details)
    return channel


def _check_kind(channel: Channel, address: str) -> str:
    """Check an address of the channel's kind; gives what of it may be shown. Raises InvalidInput."""
    if channel.kind == ChannelKind.CHAT:
        return find_service(address, "address").name
    check_address(address, "address")
    return _host_of(address)


def _host_of(address: str) -> str:
    return urlsplit(address).hostname or ""


def _begin_anew(channel: Channel) -> None:
    channel.failures, channel.failing_since, channel.try_at = 0, None, None
    channel.paused_at, channel.paused_because, channel.last_answer = None, "", ""


def _lock(scope: Scope, channel_id: uuid.UUID) -> Channel:
    channel = Channel.objects.in_scope(scope).select_for_update(of=("self",)).filter(id=channel_id).first()
    if channel is None:
        raise NotFound("There is no such channel.")
    return channel


def _check_name_free(scope: Scope, name: str, own_id: uuid.UUID | None) -> None:
    same = Channel.objects.in_scope(scope).filter(display_name=name)
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("A channel with this name exists already.")
