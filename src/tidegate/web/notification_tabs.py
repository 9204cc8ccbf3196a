"""The tabs of Settings > Notifications."""

from typing import Any, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import Permission
from tidegate.web.visit import Visit

KEY: Final = "notifications"
MANAGE: Final = Permission.SECURITY_SETTING_MANAGE

_TABS: Final[tuple[tuple[str, Promise, Permission], ...]] = (
    ("notifications", _("Rules"), MANAGE),
    ("notification_deliveries", _("Deliveries"), MANAGE),
    ("notification_channels", _("Channels"), MANAGE),
    ("notification_rotas", _("On call"), MANAGE),
    ("notification_suppressed", _("Suppressed"), MANAGE),
    ("notification_elsewhere", _("Told elsewhere"), Permission.AUDIT_READ),
)


def notification_tabs(visit: Visit, current: str) -> list[dict[str, Any]]:
    """Each that the visitor may open, as a segment; `current` is the name of the address that is open."""
    shown = [(name, words) for name, words, permission in _TABS if visit.scope.allows(permission)]
    if is_operating(visit) and visit.scope.allows(Permission.PORTAL_SETTING_MANAGE):
        shown.append(("mail_server", _("Mail server")))
    return [
        {"label": words, "url": visit.link(name), "count": None, "current": name == current}
        for name, words in shown
    ]


def is_operating(visit: Visit) -> bool:
    """Whether the tenant is the operator's own."""
    return visit.tid == str(settings.OPERATOR_TENANT)
