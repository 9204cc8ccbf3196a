"""Why an alert stands beside another, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from tidegate.incidents.correlation.reasons import Reason
from tidegate.incidents.models import CorrelationKind
from tidegate.web.inert import show_inert
from tidegate.web.links import tenant_link

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})
_SHARED: Final[Mapping[CorrelationKind, str]] = {
    CorrelationKind.PROCESS: gettext_noop("same process"),
    CorrelationKind.FILE: gettext_noop("same file"),
    CorrelationKind.USER: gettext_noop("same user"),
    CorrelationKind.DEVICE: gettext_noop("same device"),
}


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """A reason as it is shown: what is shared, what that is called, the other alert, the time between.

    `other_title` is the other alert's, where that stands on the same page.
    """

    shared: str
    label: str
    other_id: str
    other_url: str
    apart: str
    other_title: str = ""


def say_correlation(tid: str, reason: Reason, titles: Mapping[str, str] = _NO_TITLES) -> ReasonWords:
    """A reason in words. `titles` are those of the page's alerts, by their ids on the wire."""
    return ReasonWords(
        shared=_(_SHARED[reason.kind]),
        label=show_inert(reason.label),
        other_id=show_inert(reason.other),
        other_url=tenant_link("alert", tid, reason.other),
        apart=_say_apart(reason.apart),
        other_title=titles.get(reason.other, ""),
    )


def _say_apart(apart: timedelta) -> str:
    if apart < _MINUTE:
        return _("at the same time")
    if apart < _HOUR:
        number = apart // _MINUTE
        return ngettext("%(count)d minute apart", "%(count)d minutes apart", number) % {"count": number}
    number = apart // _HOUR
    return ngettext("%(count)d hour apart", "%(count)d hours apart", number) % {"count": number}
