"""The chats that may be spoken to, and the reading of their addresses.

An address is the one that the service itself hands out (https://hooks.slack.com/services/...), or Apprise's
own spelling of it (slack://...). Options after a question mark are taken only where they are part of the
address: others would let Apprise read files, or speak without checking certificates.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from apprise import AppriseAsset, NotifyBase
from apprise.plugins.discord import NotifyDiscord
from apprise.plugins.google_chat import NotifyGoogleChat
from apprise.plugins.gotify import NotifyGotify
from apprise.plugins.mattermost import NotifyMattermost
from apprise.plugins.ntfy import NotifyNtfy
from apprise.plugins.pagerduty import NotifyPagerDuty
from apprise.plugins.pushover import NotifyPushover
from apprise.plugins.rocketchat import NotifyRocketChat
from apprise.plugins.slack import NotifySlack
from apprise.plugins.telegram import NotifyTelegram
from apprise.plugins.webexteams import NotifyWebexTeams
from apprise.plugins.workflows import NotifyWorkflows
from apprise.plugins.zulip import NotifyZulip

from tidegate.connectors.channels.chat.requesting import speak_through
from tidegate.core.errors import InvalidInput

_TEAMS: Final = frozenset({"api-version", "sp", "sv", "sig", "signature", "id", "workflow", "ver"})
_NONE: Final = frozenset[str]()

LONGEST_ADDRESS: Final = 2048


@dataclass(frozen=True, slots=True)
class Service:
    """One chat: how it is called, its plugin, and the options that are part of its address."""

    name: str
    plugin: type[NotifyBase]
    options: frozenset[str] = _NONE


SERVICES: Final = (
    Service("Microsoft Teams", NotifyWorkflows, _TEAMS),
    Service("Slack", NotifySlack),
    Service("Discord", NotifyDiscord, frozenset({"thread"})),
    Service("Google Chat", NotifyGoogleChat, frozenset({"key", "token", "workspace"})),
    Service("Mattermost", NotifyMattermost, frozenset({"channel"})),
    Service("Rocket.Chat", NotifyRocketChat),
    Service("Webex", NotifyWebexTeams),
    Service("Zulip", NotifyZulip),
    Service("Telegram", NotifyTelegram),
    Service("PagerDuty", NotifyPagerDuty),
    Service("Pushover", NotifyPushover),
    Service("ntfy", NotifyNtfy, frozenset({"auth"})),
    Service("Gotify", NotifyGotify),
)

for _service in SERVICES:
    speak_through(sys.modules[_service.plugin.__module__])

_ASSET: Final = AppriseAsset(
    app_id="Tidegate", app_desc="Tidegate", app_url="", http_redirects=False, async_mode=False
)


def find_service(address: str, field: str) -> Service:
    """The service of an address. Raises InvalidInput, naming the field, for one that is not spoken to."""
    return _read(address, field)[0]


def open_chat(address: str) -> NotifyBase:
    """What speaks to a chat. Raises InvalidInput naming `address`."""
    service, results = _read(address, "address")
    try:
        return service.plugin(**{**results, "asset": _ASSET})
    except TypeError as error:
        # Apprise says so of an address that lacks a part; its words may hold the rest of it.
        raise InvalidInput(fields={"address": f"is no complete address of {service.name}"}) from error


def schemes_of(service: Service) -> frozenset[str]:
    """The schemes of Apprise's own spelling."""
    found: set[str] = set()
    for name in ("protocol", "secure_protocol"):
        named: str | Iterable[str] | None = getattr(service.plugin, name, None)
        found.update((named,) if isinstance(named, str) else named or ())
    return frozenset(found)


def _read(address: str, field: str) -> tuple[Service, Mapping[str, Any]]:
    try:
        parts = urlsplit(address)
        asked = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    except ValueError:
        parts, asked = urlsplit(""), set()
    if len(address) <= LONGEST_ADDRESS and address.isprintable():
        for service in SERVICES:
            is_native = parts.scheme == "https"
            if not is_native and parts.scheme.lower() not in schemes_of(service):
                continue
            read = service.plugin.parse_native_url if is_native else service.plugin.parse_url
            results = read(address)
            if results:
                _check_options(service, asked, field)
                return service, MappingProxyType(results)
    known = ", ".join(service.name for service in SERVICES)
    raise InvalidInput(fields={field: f"must be the address that one of these hands out: {known}"})


def _check_options(service: Service, asked: set[str], field: str) -> None:
    if unknown := sorted(asked - service.options):
        raise InvalidInput(fields={field: f"must not have the option {unknown[0]}"})
