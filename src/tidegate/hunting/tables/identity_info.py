"""IdentityInfo: a row for each user account that alerts name, as last known."""

from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.devices.models import Identity
from tidegate.hunting.sight import shown_evidence
from tidegate.hunting.tables.table import TENANT_COLUMN, Table, instant, text


def _rows(scope: Scope | ManyScope) -> QuerySet[Any]:
    """Those that evidence which may be seen names, where some may not be seen."""
    rows: QuerySet[Any] = Identity.objects.in_scope(scope)
    if not scope.sight.hides:
        return rows
    naming = shown_evidence(scope).filter(tenant_id=OuterRef("tenant_id"), identity_id=OuterRef("id"))
    return rows.filter(Exists(naming))


IDENTITY_INFO: Final = Table(
    "IdentityInfo",
    "User accounts that alerts name, as last known",
    _rows,
    "last_seen_at",
    (
        "tenant_id", "last_seen_at", "azure_ad_user_id", "user_principal_name", "user_sid", "display_name",
        "account_name", "domain_name", "first_seen_at",
    ),
    (
        instant("Timestamp", "last_seen_at", "When it was seen last"),
        text("AccountObjectId", "azure_ad_user_id", "Its object id in Entra"),
        text("AccountUpn", "user_principal_name", "The name with which one signs in"),
        text("OnPremSid", "user_sid", "Its SID"),
        text("AccountDisplayName", "display_name", "How it is shown"),
        text("AccountName", "account_name", "Its name"),
        text("AccountDomain", "domain_name", "Its domain"),
        instant("FirstSeen", "first_seen_at", "When it was seen first"),
        TENANT_COLUMN,
    ),
)  # fmt: skip
