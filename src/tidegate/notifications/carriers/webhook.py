"""Webhooks: one JSON text for each message, signed with the channel's secrets."""

import json
from typing import Final

from tidegate.connectors.channels.webhook.posting import post
from tidegate.core import clock
from tidegate.core.sealing import unseal
from tidegate.notifications.mails import Told
from tidegate.notifications.models import Channel, Delivery, NotificationRule
from tidegate.notifications.parts import Item, Part
from tidegate.notifications.programs import Happening
from tidegate.notifications.sealed import ADDRESS, SECRET
from tidegate.notifications.words import About, Purpose

_TYPES: Final = {
    About.ALERTS: "alert.notified",
    About.INCIDENTS: "incident.notified",
    About.CLOCKS: "incident.due",
    About.PROGRAMS: "program.notified",
}


def carry_webhook(delivery: Delivery, channel: Channel, rule: NotificationRule, told: Told) -> str:
    """Post a message; gives the answer. Raises Undelivered."""
    now = clock.now()
    return post(
        unseal(channel.sealed_address, ADDRESS),
        secrets_of(channel),
        message_id=webhook_id(delivery),
        timestamp=int(now.timestamp()),
        body=write_body(delivery, rule, told),
    )


def webhook_id(delivery: Delivery) -> str:
    """The same for each try and each replay, so that the other side can know what it has already."""
    return f"msg_{delivery.id.hex}"


def secrets_of(channel: Channel) -> list[str]:
    """The secrets that sign now, the newest first."""
    sealed = [channel.sealed_secret]
    if channel.previous_until is not None and clock.now() < channel.previous_until:
        sealed.append(channel.sealed_previous_secret)
    return [unseal(one, SECRET) for one in sealed if one]


def write_body(delivery: Delivery, rule: NotificationRule, told: Told) -> bytes:
    """The JSON text (Standard Webhooks, "Payload structure")."""
    body = {
        "type": "notification.test" if delivery.purpose == Purpose.TEST else _TYPES[About(rule.about)],
        "timestamp": delivery.created_at.isoformat(),
        "data": {"escalationStep": told.step, "organizations": [_part(part) for part in told.parts]},
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _part(part: Part) -> dict[str, object]:
    named = {"displayName": part.tenant_name} if part.tenant_name else {}
    return {
        "tenantId": str(part.tenant_id),
        **named,
        "count": part.count,
        "alerts": [_item(item) for item in part.items],
        **({"programs": [_happening(one) for one in part.happenings]} if part.happenings else {}),
    }


def _happening(one: Happening) -> dict[str, object]:
    return {
        "kind": one.kind,
        "appDisplayName": one.program,
        "appId": one.client_id,
        "subject": one.subject,
        "instant": one.instant.isoformat() if one.instant else None,
        "createdDateTime": one.at.isoformat(),
        **({"webUrl": one.link} if one.link else {}),
    }


def _item(item: Item) -> dict[str, object]:
    links = {"alertWebUrl": item.alert_link, "incidentWebUrl": item.incident_link} if item.alert_link else {}
    return {
        "id": item.alert_id,
        "title": item.title,
        "severity": item.severity.word,
        "category": item.category,
        "serviceSource": item.source,
        "createdDateTime": item.created_at.isoformat(),
        "incidentId": str(item.incident_number),
        "incidentDisplayName": item.incident_name,
        "devices": list(item.devices),
        **links,
    }
