"""Signs: severity, status, verdict and health, each as shape, word and colour together.

Values are Microsoft Graph's enumerations; a value we don't know is shown as it came, with the sign for
unknown, because a newer source may send words that this release has not met.
"""

from functools import cache
from typing import Final, NamedTuple

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tidegate.web.markup import format_html
from tidegate.web.templatetags.tidegate_icons import icon

register = template.Library()


class Sign(NamedTuple):
    """What a value looks like: the class that colours it, its icon and its word."""

    css: str
    icon: str
    word: str | Promise


SEVERITIES = {
    "high": Sign("sev-high", "severity-high", _("High")),
    "medium": Sign("sev-medium", "severity-medium", _("Medium")),
    "low": Sign("sev-low", "severity-low", _("Low")),
    "informational": Sign("sev-informational", "severity-informational", _("Info")),
}
STATUSES = {
    "new": Sign("", "status-new", _("New")),
    "active": Sign("", "status-new", _("New")),
    "inProgress": Sign("", "status-progress", _("In progress")),
    "awaitingAction": Sign("", "status-awaiting", _("Awaiting")),
    "resolved": Sign("", "status-resolved", _("Resolved")),
    "redirected": Sign("", "status-redirected", _("Redirected")),
}
VERDICTS = {
    "malicious": Sign("is-bad", "cross", _("Malicious")),
    "suspicious": Sign("is-warning", "warning", _("Suspicious")),
    "noThreatsFound": Sign("is-ok", "check-box", _("No threats")),
    "unknown": Sign("is-dim", "dots", _("Unknown")),
}
HEALTH_ICONS = {"ok": "check-box", "warning": "clock", "bad": "cross", "dim": "dots"}


@register.simple_tag
def severity(value: str, *, word: bool = True) -> SafeString:
    """A severity. Without its word only where a legend or a heading says it; the word stays its name."""
    if value in SEVERITIES:
        return _draw_known("sev", value, get_language(), word=word)
    return _draw_sign("sev", Sign("sev-informational", "dots", value), size=14, word=word)


@register.simple_tag
def status(value: str) -> SafeString:
    """The status of an alert or an incident; "active" is an incident's word for new."""
    if value in STATUSES:
        return _draw_known("status", value, get_language())
    return _draw_sign("status", Sign("", "dots", value), size=14)


@register.simple_tag
def verdict(value: str) -> SafeString:
    """The verdict on a piece of evidence."""
    if value in VERDICTS:
        return _draw_known("verdict", value, get_language())
    return _draw_sign("verdict", Sign("is-dim", "dots", value), size=14)


@register.simple_tag
def health(level: str, word: object) -> SafeString:
    """Any other state with a word: `level` is ok, warning, bad or dim ("Connected", "Late, 26 m")."""
    return _draw_sign("verdict", Sign(f"is-{level}", HEALTH_ICONS[level], str(word)), size=14)


_KNOWN: Final = {"sev": SEVERITIES, "status": STATUSES, "verdict": VERDICTS}


@cache
def _draw_known(kind: str, value: str, _language: str | None, *, word: bool = True) -> SafeString:
    """The sign of a value that this release has met: the same on every row in one language."""
    return _draw_sign(kind, _KNOWN[kind][value], size=14, word=word)


def _draw_sign(kind: str, sign: Sign, *, size: int, word: bool = True) -> SafeString:
    css = f"{kind} {sign.css}".strip()
    text = sign.word if word else format_html('<span class="visually-hidden">{}</span>', sign.word)
    title = "" if word else format_html(' title="{}"', sign.word)
    return format_html('<span class="{}"{}>{} {}</span>', css, title, icon(sign.icon, size=size), text)
