"""A device in words: its risk and health with the sign each is drawn with, its system, who is logged on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.web.inert import show_inert


@dataclass(frozen=True, slots=True)
class State:
    """A state in words. `level` is that of the `health` tag: ok, warning, bad or dim."""

    level: str
    word: str | Promise


_RISKS: Final[Mapping[str, str]] = {
    "high": "high",
    "medium": "medium",
    "low": "low",
    "informational": "informational",
}
_RISK_WORDS: Final[Mapping[str, Promise]] = {
    "none": _("No risk"),
    "informational": _("Info"),
    "low": _("Low"),
    "medium": _("Medium"),
    "high": _("High"),
}
_HEALTHS: Final[Mapping[str, State]] = {
    "active": State("ok", _("Active")),
    "inactive": State("dim", _("Inactive")),
    "impairedcommunication": State("warning", _("Impaired communication")),
    "nosensordata": State("bad", _("No sensor data")),
    "nosensordataimpairedcommunication": State("bad", _("No sensor data, impaired communication")),
    "unknown": State("dim", _("Unknown")),
}
_ONBOARDINGS: Final[Mapping[str, Promise]] = {
    "onboarded": _("Onboarded"),
    "canbeonboarded": _("Can be onboarded"),
    "insufficientinfo": _("Not enough information"),
    "unsupported": _("Unsupported"),
}
_ANTIVIRUSES: Final[Mapping[str, Promise]] = {
    "updated": _("Up to date"),
    "notupdated": _("Not up to date"),
    "disabled": _("Disabled"),
    "notreporting": _("Not reporting"),
    "notsupported": _("Not supported"),
    "unknown": _("Unknown"),
}
_WORD_BEGINS: Final = re.compile(r"(?<=[a-z])(?=[A-Z0-9])")


@dataclass(frozen=True, slots=True)
class Risk:
    """A risk in words; `severity` is the sign it shares with severities, empty for none."""

    severity: str
    word: str | Promise


def describe_risk(risk: str) -> Risk:
    """A risk score; one that is not known is shown as it came."""
    word = risk.lower()
    return Risk(_RISKS.get(word, ""), _RISK_WORDS.get(word) or show_inert(risk))


def describe_health(health: str) -> State:
    """A health status; one that is not known is shown as it came."""
    return _HEALTHS.get(health.lower()) or State("dim", show_inert(health))


def describe_onboarding(status: str) -> str | Promise:
    """Whether Defender looks after it; a word that is not known is shown as it came."""
    return _ONBOARDINGS.get(status.lower()) or show_inert(status)


def describe_antivirus(status: str) -> str | Promise:
    """How its antivirus stands; a word that is not known is shown as it came."""
    return _ANTIVIRUSES.get(status.lower()) or show_inert(status)


def describe_system(platform: str) -> str:
    """An operating system in separate words: "WindowsServer2022" is "Windows Server 2022"."""
    return show_inert(_WORD_BEGINS.sub(" ", platform) if platform.startswith("Windows") else platform)


def describe_account(value: object) -> str:
    """An entry of Graph's loggedOnUsers, its domain before it; empty for one that names nobody."""
    if not isinstance(value, Mapping):
        return show_inert(value) if isinstance(value, str) else ""
    account, domain = value.get("accountName") or "", value.get("domainName") or ""
    return show_inert(f"{domain}\\{account}" if domain and account else account)
