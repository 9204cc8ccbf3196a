"""The tabs of Settings > SIEM."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import Permission
from tidegate.web.visit import Visit

_TABS: Final[tuple[tuple[str, Promise, Permission], ...]] = (
    ("siem", _("MSSP"), Permission.PORTAL_SETTING_MANAGE),
    ("feeds", _("Feeds"), Permission.APPLICATION_READ),
)


def siem_tabs(visit: Visit, current: str) -> list[dict[str, object]]:
    """Each that the visitor may open, as a segment; `current` is the name of the address that is open."""
    return [
        {"label": words, "url": visit.link(name), "count": None, "current": name == current}
        for name, words, permission in _TABS
        if visit.scope.allows(permission)
    ]
