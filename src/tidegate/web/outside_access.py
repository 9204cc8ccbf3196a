"""What the page "Outside access" shows: everybody from outside and their programs, by organization."""

import uuid
from dataclasses import dataclass
from typing import Final

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.directory.homes import NO_HOME, Home
from tidegate.directory.models import EmergencyStop
from tidegate.directory.people import Standing, standing_of
from tidegate.directory.stops import KeptOut, Outsider, list_outside_applications, list_outsiders
from tidegate.entitlements.bringing import (
    ConnectedDomain,
    connected_domains,
    connected_homes,
    package_names_of,
)
from tidegate.web.applications import PrincipalRow, principal_rows

SHOWN_AT_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class OutsiderRow:
    """One guest: `state` is the word's name in `web/outside_access/state.html`."""

    outsider: Outsider
    state: str
    package_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrganizationCard:
    """One organization, its people and its applications here; `stop` is one that covers all of it, if any."""

    home: Home
    rows: tuple[OutsiderRow, ...]
    programs: tuple[PrincipalRow, ...]
    stop: EmergencyStop | None


def list_organizations(scope: Scope, stops: list[EmergencyStop]) -> list[OrganizationCard]:
    """Every organization with somebody or a program here or that is connected, by name; people of none last.

    The same number of statements, however many people. Raises Forbidden.
    """
    outsiders = list_outsiders(scope, SHOWN_AT_MOST)
    packages = package_names_of(scope, [one.user.id for one in outsiders], clock.now())
    rows: dict[Home, list[OutsiderRow]] = {}
    known: dict[uuid.UUID | None, Home] = {}
    for one in outsiders:
        home = known.setdefault(one.home.tenant_id, one.home)
        names = tuple(packages.get(one.user.id, ()))
        rows.setdefault(home, []).append(OutsiderRow(one, _state(one), names))
    programs = _programs(scope)
    for home in [*connected_homes(scope), *programs]:
        rows.setdefault(known.setdefault(home.tenant_id, home), [])
    held = {home.tenant_id: found for home, found in programs.items()}
    ordered = sorted(rows, key=lambda home: (home == NO_HOME, home.name.casefold()))
    return [
        OrganizationCard(home, tuple(rows[home]), tuple(held.get(home.tenant_id, ())), _stop_of(home, stops))
        for home in ordered
    ]


@dataclass(frozen=True, slots=True)
class DomainCard:
    """An organization of which only a domain is known; `stop` is one of that domain, if any."""

    organization: ConnectedDomain
    stop: EmergencyStop | None


def list_domains(scope: Scope, stops: list[EmergencyStop]) -> list[DomainCard]:
    """The connected organizations that are known by a domain alone, by name. Raises Forbidden."""
    standing = {stop.home_domain: stop for stop in stops if stop.home_domain}
    return [DomainCard(one, standing.get(one.domain)) for one in connected_domains(scope)]


def find_domain(scope: Scope, organization_id: uuid.UUID) -> ConnectedDomain:
    """One of them. Raises NotFound, Forbidden."""
    for one in connected_domains(scope):
        if one.id == organization_id:
            return one
    raise NotFound("There is no such organization.")


def find_organization(scope: Scope, tenant_id: uuid.UUID) -> Home:
    """An organization of the page. Raises NotFound, the same for one that is no tenant at all."""
    for card in list_organizations(scope, []):
        if card.home.tenant_id == tenant_id:
            return card.home
    raise NotFound("There is no such organization.")


def _programs(scope: Scope) -> dict[Home, list[PrincipalRow]]:
    """The applications of other organizations, by organization."""
    found: dict[Home, list[PrincipalRow]] = {}
    for row in principal_rows(scope, list_outside_applications(scope, SHOWN_AT_MOST)):
        home = row.principal.home_tenant
        found.setdefault(Home(home.id, home.display_name), []).append(row)
    return found


def _state(one: Outsider) -> str:
    if one.kept_out == KeptOut.STOPPED:
        return "stopped"
    standing = standing_of(one.user, clock.now())
    if one.kept_out and standing in {Standing.IN_FORCE, Standing.ENDS}:
        return "left_home"
    return standing


def _stop_of(home: Home, stops: list[EmergencyStop]) -> EmergencyStop | None:
    return next(
        (stop for stop in stops if stop.home_tenant_id and stop.home_tenant_id == home.tenant_id), None
    )
