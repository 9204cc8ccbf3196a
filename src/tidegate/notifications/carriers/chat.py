"""Chats: a few lines of plain text. Nothing in it may call people, link elsewhere, or format itself."""

import re
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from tidegate.connectors.channels.chat.posting import post
from tidegate.core.sealing import unseal
from tidegate.incidents.words import Severity
from tidegate.notifications.mails import Told, write_subject
from tidegate.notifications.models import Channel, Delivery, NotificationRule
from tidegate.notifications.parts import Item, Part
from tidegate.notifications.sealed import ADDRESS
from tidegate.notifications.words import ABOUT_INCIDENTS, Purpose

ITEMS_SHOWN: Final = 10
# Slack calls people by <!channel>, others by @; brackets, stars and their like format, or make links.
_ACTING: Final = re.compile(r"([<>@\[\]*_`~#|])")


def carry_chat(delivery: Delivery, channel: Channel, rule: NotificationRule, told: Told) -> str:
    """Post a message; says that it was taken. Raises Undelivered."""
    title, body = write_message(delivery, rule, told)
    address = unseal(channel.sealed_address, ADDRESS)
    return post(address, title=title, body=body, is_urgent=told.worst == Severity.HIGH)


def write_message(delivery: Delivery, rule: NotificationRule, told: Told) -> tuple[str, str]:
    """Title and text."""
    is_test = delivery.purpose == Purpose.TEST
    with override(rule.language or settings.LANGUAGE_CODE), timezone.override(ZoneInfo(rule.time_zone)):
        title = write_subject(rule, told, is_test=is_test)
        lines = [line for part in told.parts for line in _part_lines(rule, part)]
    return tame(title), "\n".join(lines)


def tame(text: str) -> str:
    """What others wrote, without anything that a chat would act upon."""
    return _ACTING.sub("\\1\u2060", text)


def _part_lines(rule: NotificationRule, part: Part) -> list[str]:
    shown = part.items[:ITEMS_SHOWN]
    lines = [tame(part.tenant_name)] if part.tenant_name else []
    for item in shown:
        lines += _item_lines(rule, item)
    happenings = part.happenings[:ITEMS_SHOWN]
    for one in happenings:
        lines += [tame(line) for line in (one.title, *one.facts)]
        lines += [one.link] if one.link else []
    if more := part.count - len(shown) - len(happenings):
        lines.append(ngettext("and %(number)s more", "and %(number)s more", more) % {"number": more})
        lines += [part.tenant_link] if part.tenant_link else []
    return lines


def _item_lines(rule: NotificationRule, item: Item) -> list[str]:
    link = item.incident_link if rule.about in ABOUT_INCIDENTS else item.alert_link
    named = {"number": item.incident_number, "name": item.incident_name}
    lines = [
        tame(f"({item.severity.label}) {item.title}"),
        tame(_("Incident %(number)s: %(name)s") % named),
    ]
    if item.clock:
        lines.append(str(item.clock_words))
    if item.devices:
        lines.append(tame(_("Devices: %(devices)s") % {"devices": ", ".join(item.devices)}))
    return [*lines, link] if link else lines
