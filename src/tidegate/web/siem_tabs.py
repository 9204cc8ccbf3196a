"""The tabs of Settings > SIEM."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.web.visit import Visit

_TABS: tuple[tuple[str, Promise], ...] = (("siem", _("MSSP")),)


def siem_tabs(visit: Visit, current: str) -> list[dict[str, object]]:
    """Each as a segment; `current` is the name of the address that is open."""
    return [
        {"label": words, "url": visit.link(name), "count": None, "current": name == current}
        for name, words in _TABS
    ]
