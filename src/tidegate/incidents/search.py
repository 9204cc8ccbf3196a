"""Looking everything up at once: incidents, alerts, devices, people, and what alerts name.

Each question is one group of the answer, through a Scope that the caller has for it. What is called exactly
so comes first. A group takes a fixed number of statements, none of them longer than `SECONDS`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.core.errors import InvalidInput
from tidegate.devices.models import Device, Identity
from tidegate.devices.visibility import seen_devices
from tidegate.directory.models import User
from tidegate.incidents.filters import Filter
from tidegate.incidents.indicator_queries import Named, find_alerts_naming, find_named, find_partly_named
from tidegate.incidents.indicators import normalize_as
from tidegate.incidents.models import Alert, Incident, IndicatorKind
from tidegate.incidents.queries import list_alerts, list_incidents
from tidegate.incidents.redaction import show_as_seen
from tidegate.incidents.search_engine import SearchTooCostly, bounded, has_part, has_words
from tidegate.incidents.visibility import seen_alerts, seen_evidence

AT_MOST: Final = 10
LONGEST: Final = 200
SECONDS: Final = 2.0

type AnyScope = Scope | ManyScope


@dataclass(frozen=True, slots=True)
class Found[T]:
    """What was found of one kind; `exact` of them, the first ones, are called exactly so.

    `has_more`: there are others. `is_cut_short`: it took too long, and there may be.
    """

    rows: Sequence[T] = ()
    exact: int = 0
    has_more: bool = False
    is_cut_short: bool = False


def read_text(text: str) -> str:
    """What was asked, without blanks around. Raises InvalidInput naming `q`."""
    plain = text.strip()
    if len(plain) > LONGEST or "\0" in plain:
        raise InvalidInput(fields={"q": f"must be at most {LONGEST} characters"})
    return plain


def search_incidents(scope: AnyScope, text: str) -> Found[Incident]:
    """By number, by words of the name and by tags. Raises Forbidden."""
    rows = list_incidents(scope, Filter()).order_by("-created_at", "-id")
    is_number = text.isascii() and text.isdigit() and len(text) < 19
    called = Q(number=int(text)) | Q(external_id=text) if is_number else Q(external_id=text)
    found: Found[Incident] = _look_up(
        lambda most: rows.filter(called)[:most],
        lambda most: rows.filter(_incident_words(scope, text))[:most],
    )
    show_as_seen(scope, found.rows)
    return found


def search_alerts(scope: AnyScope, text: str) -> Found[Alert]:
    """By id, by what they name exactly, by words of the title; each with its incident. Raises Forbidden."""
    rows = list_alerts(scope, Filter()).order_by("-created_at", "-id")
    words = has_words(Alert, text, _only_tenant(scope))
    found: Found[Alert] = _look_up(
        lambda most: rows.filter(external_id=text)[:most],
        lambda most: rows.filter(pk__in=find_alerts_naming(scope, text, most)),
        lambda most: rows.filter(words)[:most],
    )
    show_as_seen(scope, [alert.incident for alert in found.rows])
    return found


def search_devices(scope: AnyScope, text: str) -> Found[Device]:
    """By name, by ids of Defender and Entra, by the whole of an IP address. Raises Forbidden."""
    require(scope, Permission.DEVICE_READ)
    rows = seen_devices(scope).order_by("-last_seen_at", "-id")
    if address := normalize_as(IndicatorKind.IP, text):
        kept = rows.alias(addresses=Cast("ip_addresses", TextField()))
        return _look_up(lambda most: kept.filter(addresses__icontains=f'"{address}"')[:most])
    keys = [f"{prefix}:{text.lower()}" for prefix in ("mde", "aad", "dns")]
    called = Q(key__in=keys) | Q(dns_name__iexact=text)
    return _look_up(
        lambda most: rows.filter(called)[:most],
        lambda most: rows.filter(has_part("dns_name", text))[:most],
    )


def search_identities(scope: AnyScope, text: str) -> Found[Identity]:
    """Accounts that alerts name, by user name or display name. Raises Forbidden."""
    require(scope, Permission.INCIDENT_READ)
    rows = Identity.objects.in_scope(scope).order_by("-last_seen_at", "-id")
    if scope.sight.hides:
        # Who is named by alerts about hidden devices alone is not known here.
        named = seen_evidence(scope).filter(tenant_id=OuterRef("tenant_id"), identity_id=OuterRef("id"))
        rows = rows.filter(Exists(named))
    return _look_up(
        lambda most: rows.filter(Q(user_principal_name__iexact=text) | Q(account_name__iexact=text))[:most],
        lambda most: rows.filter(has_part("user_principal_name", text) | has_part("display_name", text))[
            :most
        ],
    )


def search_users(scope: AnyScope, text: str) -> Found[User]:
    """Users and guests who were not removed, by user name, mail address or display name. Raises Forbidden."""
    require(scope, Permission.USER_READ)
    rows = User.objects.in_scope(scope).filter(removed_at__isnull=True).order_by("display_name", "id")
    return _look_up(
        lambda most: rows.filter(Q(user_principal_name__iexact=text) | Q(mail__iexact=text))[:most],
        lambda most: rows.filter(has_part("user_principal_name", text) | has_part("display_name", text))[
            :most
        ],
    )


def search_indicators(scope: AnyScope, text: str) -> Found[Named]:
    """What alerts name: hashes, addresses, files, techniques; by tenant. Raises Forbidden."""
    return _look_up(
        lambda most: find_named(scope, text, most),
        lambda most: find_partly_named(scope, text, most),
    )


def _look_up[T](*questions: Callable[[int], Any]) -> Found[T]:
    """The answers of several questions, each row once; the first asks for what is called exactly so."""
    rows: dict[object, T] = {}
    exact = 0
    try:
        with bounded(SECONDS):
            for place, ask in enumerate(questions):
                for row in ask(AT_MOST + 1):
                    rows.setdefault(row.pk if isinstance(row, Model) else row, row)
                if place == 0:
                    exact = len(rows)
    except SearchTooCostly:
        return Found(list(rows.values())[:AT_MOST], min(exact, AT_MOST), is_cut_short=True)
    return Found(list(rows.values())[:AT_MOST], min(exact, AT_MOST), has_more=len(rows) > AT_MOST)


def _incident_words(scope: AnyScope, text: str) -> Q:
    """That an incident is called so, as the reader sees it called."""
    named = has_words(Incident, text, _only_tenant(scope))
    if not scope.sight.hides:
        return named
    alerts: QuerySet[Alert] = seen_alerts(scope).filter(has_words(Alert, text, _only_tenant(scope)))
    unnamed = Q(source_updated_at__isnull=True, id__in=alerts.values("incident_id"))
    return named & Q(source_updated_at__isnull=False) | unnamed


def _only_tenant(scope: AnyScope) -> Any:
    return scope.tenant_id if isinstance(scope, Scope) else None
