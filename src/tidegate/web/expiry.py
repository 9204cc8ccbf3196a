"""What the page "Expiry" shows: everything that ends, week by week, and what can be done about it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Relation, Scope
from tidegate.core import clock
from tidegate.core.errors import Forbidden
from tidegate.directory.expiring import (
    Expiring,
    Kind,
    Whose,
    everybody,
    list_directory_ends,
    oneself,
    our_people,
)
from tidegate.entitlements.expiring import find_lent, list_entitlement_ends
from tidegate.incidents.owned import count_owned
from tidegate.web.links import tenant_link

DAYS: Final = (14, 30, 90, 365)

KIND_WORDS: Final[dict[Kind, Promise]] = {
    Kind.GUEST: _("Access as a guest"),
    Kind.MEMBER: _("Access as a member"),
    Kind.MEMBERSHIP: _("Membership of a group"),
    Kind.ROLE: _("Role"),
    Kind.INVITATION: _("Invitation"),
    Kind.ASSIGNMENT: _("Access package"),
    Kind.ELIGIBILITY: _("Eligible role"),
    Kind.REVIEW: _("Access review"),
    Kind.POLICY: _("End that a policy names"),
    Kind.SECRET: _("Secret of an application"),
    Kind.CERTIFICATE: _("Certificate of an application"),
    Kind.FEDERATED: _("Federated credential of an application"),
    Kind.CONSENT: _("What an application may do"),
}


class Asked(StrEnum):
    """Whose ends the page shows."""

    TENANT = "tenant"
    OWN = "own"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class EndRow:
    """One end. `renew_url` is posted to; the other addresses are followed; "" where there is none.

    `open_incidents` are those in the holder's hands in that tenant, `hand_over_url` where they are given on.
    """

    what: Expiring
    kind: str
    url: str
    renew_url: str = ""
    extend_url: str = ""
    replace_url: str = ""
    open_incidents: int = 0
    hand_over_url: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """What ends from Monday to Sunday, in the reader's time zone."""

    first: date
    rows: tuple[EndRow, ...]


def offered(scope: Scope) -> list[Asked]:
    """What this visitor may ask for; the first is what they get unasked."""
    whole = [Asked.TENANT] if _may_read_tenant(scope) else []
    at_home = scope.entry.relation == Relation.MEMBER and scope.allows(Permission.COVERAGE_READ)
    return [*whole, Asked.OWN, *([Asked.PEOPLE] if at_home else [])]


def list_weeks(scope: Scope, asked: Asked, days: int) -> list[Week]:
    """Everything that ends within so many days, soonest first.

    The same number of statements, however much it is. Raises Forbidden.
    """
    now = clock.now()
    until = now + timedelta(days=days)
    whose = _whose(scope, asked)
    found = list_directory_ends(whose, now, until) + list_entitlement_ends(whose, now, until)
    lasting = sorted(_leave_out_doubles(found), key=lambda one: (one.ends_at, one.holder, one.name))
    owned = _count_open(scope, asked, lasting)
    return _by_week(_make_row(scope, one, owned) for one in lasting)


def _whose(scope: Scope, asked: Asked) -> Whose:
    if asked == Asked.TENANT:
        return everybody(scope)
    if asked == Asked.PEOPLE:
        return our_people(scope)
    # At home one's own everywhere; elsewhere what one has there.
    return oneself(scope.actor, None if scope.entry.relation == Relation.MEMBER else scope.tenant_id)


def _may_read_tenant(scope: Scope) -> bool:
    try:
        everybody(scope)
    except Forbidden:
        return False
    return True


def _leave_out_doubles(found: list[Expiring]) -> list[Expiring]:
    """Without what an access package gave and takes with it, and without roles lent for hours."""
    given = {(one.tenant_id, one.user_id, one.ends_at) for one in found if one.kind == Kind.ASSIGNMENT}
    lent = find_lent([one.target_id for one in found if one.kind == Kind.ROLE])
    followers = {Kind.GUEST, Kind.MEMBERSHIP}
    return [
        one
        for one in found
        if not (one.kind in followers and (one.tenant_id, one.user_id, one.ends_at) in given)
        and one.target_id not in lent
    ]


def _count_open(scope: Scope, asked: Asked, found: list[Expiring]) -> dict[uuid.UUID, int]:
    if asked != Asked.TENANT or not scope.allows(Permission.INCIDENT_READ):
        return {}
    losing = {one.user_id for one in found if one.user_id and one.kind in _LAPSES}
    return count_owned(scope, losing) if losing else {}


_LAPSES: Final = frozenset({Kind.GUEST, Kind.MEMBER, Kind.ASSIGNMENT})


def _make_row(scope: Scope, one: Expiring, owned: dict[uuid.UUID, int]) -> EndRow:
    here = one.tenant_id == scope.tenant_id
    count = owned.get(one.user_id, 0) if one.user_id and one.kind in _LAPSES else 0
    may_assign = scope.allows(Permission.INCIDENT_ASSIGN) and scope.allows(Permission.ALERT_ASSIGN)
    return EndRow(
        what=one,
        kind=str(KIND_WORDS[one.kind]),
        url=_url(scope, one) if here else _url_at_home(scope, one),
        renew_url=_renew_url(scope, one) if here else "",
        extend_url=_extend_url(scope, one),
        replace_url=_replace_url(scope, one),
        open_incidents=count,
        hand_over_url=_link(one, "hand_over", one.user_id) if count and may_assign else "",
    )


# Whose page tells of what ends, with the permission to open it; of everything else the holder's page does.
_PAGES: Final[dict[Kind, tuple[Permission, str]]] = {
    Kind.MEMBERSHIP: (Permission.GROUP_READ, "group"),
    Kind.ROLE: (Permission.ROLE_READ, "role"),
    Kind.SECRET: (Permission.APPLICATION_READ, "application"),
    Kind.CERTIFICATE: (Permission.APPLICATION_READ, "application"),
    Kind.FEDERATED: (Permission.APPLICATION_READ, "application"),
    Kind.CONSENT: (Permission.APPLICATION_READ, "service_principal"),
}


def _url(scope: Scope, one: Expiring) -> str:
    """The page of what ends, for who may open it."""
    permission, name = _PAGES.get(one.kind, (None, ""))
    if permission and scope.allows(permission):
        return _link(one, name, one.place_id)
    if one.kind == Kind.REVIEW and scope.allows(Permission.ENTITLEMENT_READ):
        return _link(one, "reviews")
    if one.user_id and scope.allows(Permission.USER_READ):
        return _link(one, "user", one.user_id)
    return ""


def _url_at_home(scope: Scope, one: Expiring) -> str:
    """Of what another tenant lets one of this tenant's applications do: the application's page."""
    is_ours = one.kind == Kind.CONSENT and one.account_id is None
    if is_ours and scope.allows(Permission.APPLICATION_READ):
        return tenant_link("application", str(scope.tenant_id), one.place_id)
    return ""


# No secret is prolonged: another takes its place.
_REPLACED: Final[dict[Kind, str]] = {
    Kind.SECRET: "application_secret",
    Kind.CERTIFICATE: "application_certificate",
    Kind.FEDERATED: "application_federated",
}


def _replace_url(scope: Scope, one: Expiring) -> str:
    if one.kind in _REPLACED and scope.allows(Permission.APPLICATION_MANAGE):
        return _link(one, _REPLACED[one.kind], one.place_id)
    return ""


_RENEWED: Final[dict[Kind, tuple[Permission, str]]] = {
    Kind.GUEST: (Permission.USER_UPDATE, "expiry_renew_guest"),
    Kind.MEMBER: (Permission.USER_UPDATE, "expiry_renew_guest"),
    Kind.MEMBERSHIP: (Permission.GROUP_MANAGE, "expiry_renew_membership"),
    Kind.ROLE: (Permission.ROLE_ASSIGN, "expiry_renew_role"),
    Kind.ELIGIBILITY: (Permission.ROLE_ASSIGN, "expiry_renew_eligibility"),
    Kind.ASSIGNMENT: (Permission.ENTITLEMENT_MANAGE, "expiry_renew_package"),
    Kind.CONSENT: (Permission.CONSENT_GRANT, "expiry_renew_consent"),
}


def _renew_url(scope: Scope, one: Expiring) -> str:
    """Where one press gives it for longer; never one's own access package."""
    if one.kind == Kind.INVITATION and scope.allows(Permission.USER_INVITE):
        return _link(one, "user_renew", one.user_id)
    if one.kind not in _RENEWED or (
        one.kind == Kind.ASSIGNMENT and (_is_own(scope, one) or not one.may_extend)
    ):
        return ""
    permission, name = _RENEWED[one.kind]
    return _link(one, name, one.target_id) if scope.allows(permission) else ""


def _extend_url(scope: Scope, one: Expiring) -> str:
    if one.kind == Kind.ASSIGNMENT and _is_own(scope, one) and one.may_extend:
        return _link(one, "my_assignment_extend", one.target_id)
    return ""


def _is_own(scope: Scope, one: Expiring) -> bool:
    return one.account_id is not None and one.account_id == scope.actor.account_id


def _link(one: Expiring, name: str, *args: object) -> str:
    return tenant_link(name, str(one.tenant_id), *args)


def _by_week(rows: Iterable[EndRow]) -> list[Week]:
    weeks: dict[date, list[EndRow]] = {}
    for row in rows:
        weeks.setdefault(_monday(row.what.ends_at), []).append(row)
    return [Week(first, tuple(found)) for first, found in weeks.items()]


def _monday(at: datetime) -> date:
    day = timezone.localtime(at).date()
    return day - timedelta(days=day.weekday())
