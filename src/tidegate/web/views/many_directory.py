"""Who and what is in several tenants: users, groups, roles given, device groups, applications, properties."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.devices.groups import list_access, list_device_groups
from tidegate.devices.models import DeviceGroup
from tidegate.directory.applications import list_applications, list_principals
from tidegate.directory.models import Application, Group, RoleAssignment, ServicePrincipal, Tenant, User
from tidegate.directory.people import Shown, Standing, UserFilter, find_users, standing_of
from tidegate.directory.queries import list_groups, list_role_assignments, list_tenants, with_use
from tidegate.web.applications import application_rows, principal_rows
from tidegate.web.countries import country_name
from tidegate.web.device_group_words import describe_access, describe_remediation, names_by_group
from tidegate.web.many_given import Choice, Given
from tidegate.web.many_lists import NEWEST_BEGUN, Act, Column, ManyList, Tab
from tidegate.web.many_visit import ManyVisit

_NAME: Final = Column(_("Name"))


@dataclass(frozen=True, slots=True)
class Person:
    """A user of one of the tenants, and how they stand there."""

    user: User
    standing: Standing


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant with what its row says of it."""

    tenant: Tenant
    domain: str
    country: str


def _ask_users(visit: ManyVisit, given: Given) -> QuerySet[User]:
    return find_users(visit.ordered_scope, UserFilter(Shown(given.chosen["show"]), given.text))


def _describe_users(_visit: ManyVisit, users: Sequence[User]) -> list[Person]:
    now = clock.now()
    return [Person(user, standing_of(user, now)) for user in users]


USERS: Final = ManyList[User](
    name="users",
    title=_("Users and guests"),
    tag="users.viewed",
    template="web/many/rows/users.html",
    columns=(
        _NAME,
        Column(_("User principal name"), "is-third"),
        Column(_("Type"), "is-fourth"),
        Column(_("State")),
        Column(_("Access ends")),
        Column(_("Last entered"), "is-third"),
        Column(_("Groups"), "num is-fourth"),
        Column(_("Roles"), "num is-fourth"),
    ),
    noun=lambda number: ngettext("user", "users", number),
    ask=_ask_users,
    describe=_describe_users,
    link=lambda user: ("user", user.id),
    searches=_("Name or address"),
    choices=(
        Choice(
            "show",
            _("Shown"),
            (
                (Shown.ALL, _("All")),
                (Shown.MEMBERS, _("Members")),
                (Shown.GUESTS, _("Guests")),
                (Shown.PENDING, _("Pending")),
                (Shown.ENDED, _("Ended")),
            ),
        ),
    ),
    acts=(Act(Permission.USER_REMOVE, lambda _user: _("Remove"), lambda user: ("user_remove", user.id)),),
)


def _ask_groups(visit: ManyVisit, given: Given) -> QuerySet[Group]:
    groups = list_groups(visit.scope).filter(display_name__icontains=given.text)
    return with_use(groups, clock.now())


GROUPS: Final = ManyList[Group](
    name="groups",
    title=_("Groups"),
    tag="groups.viewed",
    template="web/many/rows/groups.html",
    columns=(
        _NAME,
        Column(_("Description"), "is-third"),
        Column(_("Members"), "num"),
        Column(_("Roles"), "num"),
        Column(_("Created"), "is-third"),
    ),
    noun=lambda number: ngettext("group", "groups", number),
    ask=_ask_groups,
    link=lambda group: ("group", group.id),
    searches=_("Name"),
)


def _ask_roles(visit: ManyVisit, given: Given) -> QuerySet[RoleAssignment]:
    text = given.text
    holder = Q(user__display_name__icontains=text) | Q(group__display_name__icontains=text)
    named = Q(role__display_name__icontains=text) | holder if text else Q()
    return list_role_assignments(visit.scope, clock.now()).filter(named)


ROLES: Final = ManyList[RoleAssignment](
    name="roles",
    title=_("Roles"),
    tag="roles.viewed",
    template="web/many/rows/roles.html",
    columns=(
        Column(_("Role")),
        Column(_("Given to")),
        Column(_("Since"), "is-third"),
        Column(_("Until")),
    ),
    noun=lambda number: ngettext("role given", "roles given", number),
    ask=_ask_roles,
    order=lambda _given: NEWEST_BEGUN,
    link=lambda given: ("role", given.role_id),
    searches=_("Role or holder"),
    acts=(Act(Permission.ROLE_ASSIGN, lambda _one: _("Take back"), lambda one: ("role_unassign", one.id)),),
)


def _ask_device_groups(visit: ManyVisit, given: Given) -> QuerySet[DeviceGroup]:
    return list_device_groups(visit.scope).filter(display_name__icontains=given.text)


def _describe_device_groups(visit: ManyVisit, groups: Sequence[DeviceGroup]) -> list[dict[str, Any]]:
    names = names_by_group(list_access(visit.scope, groups))
    return [
        {
            "group": group,
            "access": describe_access(group, names.get(group.id, ())),
            "remediation": describe_remediation(group.remediation_level),
        }
        for group in groups
    ]


DEVICE_GROUPS: Final = ManyList[DeviceGroup](
    name="device_groups",
    title=_("Device groups"),
    tag="device_groups.viewed",
    template="web/many/rows/device_groups.html",
    columns=(
        _NAME,
        Column(_("Rank"), "num is-third"),
        Column(_("Devices"), "num"),
        Column(_("Seen by"), "is-third"),
        Column(_("Remediation"), "is-fourth"),
    ),
    noun=lambda number: ngettext("device group", "device groups", number),
    ask=_ask_device_groups,
    describe=_describe_device_groups,
    link=lambda group: ("device_group", group.id),
    searches=_("Name"),
)

_APPLICATION_TABS: Final = (
    Tab(_("May come in"), "applications"),
    Tab(_("Registered here"), "applications", {"show": "registered"}),
)


def _ask_principals(visit: ManyVisit, given: Given) -> QuerySet[ServicePrincipal]:
    return list_principals(visit.scope).filter(display_name__icontains=given.text)


PRINCIPALS: Final = ManyList[ServicePrincipal](
    name="applications",
    title=_("Applications"),
    tag="applications.viewed",
    template="web/many/rows/principals.html",
    columns=(
        _NAME,
        Column(_("From"), "is-third"),
        Column(_("State")),
        Column(_("May"), "is-third"),
        Column(_("First end")),
        Column(_("Last sign-in"), "is-fourth"),
    ),
    noun=lambda number: ngettext("application", "applications", number),
    ask=_ask_principals,
    describe=lambda visit, rows: principal_rows(visit.scope, rows),
    link=lambda principal: ("service_principal", principal.id),
    searches=_("Name"),
    tabs=_APPLICATION_TABS,
)


def _ask_applications(visit: ManyVisit, given: Given) -> QuerySet[Application]:
    return list_applications(visit.scope).filter(display_name__icontains=given.text)


APPLICATIONS: Final = ManyList[Application](
    name="applications",
    title=_("Applications"),
    tag="applications.viewed",
    template="web/many/rows/applications.html",
    columns=(
        _NAME,
        Column(_("Application (client) ID"), "is-third"),
        Column(_("Where it may be used"), "is-third"),
        Column(_("State")),
        Column(_("Credentials"), "num is-fourth"),
        Column(_("The last ends")),
    ),
    noun=lambda number: ngettext("application", "applications", number),
    ask=_ask_applications,
    describe=lambda visit, rows: application_rows(visit.scope, rows),
    link=lambda application: ("application", application.id),
    searches=_("Name"),
    tabs=_APPLICATION_TABS,
    fixed={"show": "registered"},
)


def _ask_tenants(visit: ManyVisit, given: Given) -> QuerySet[Tenant]:
    named = Q(display_name__icontains=given.text) | Q(domains__name__iexact=given.text)
    found = list_tenants(visit.scope)
    return found.filter(id__in=Tenant.objects.filter(named).values("id")) if given.text else found


def _describe_tenants(_visit: ManyVisit, tenants: Sequence[Tenant]) -> list[Place]:
    return [
        Place(tenant, tenant.default_domain or "", str(country_name(tenant.country)))  # type: ignore[attr-defined]
        for tenant in tenants
    ]


PROPERTIES: Final = ManyList[Tenant](
    name="properties",
    title=_("Properties"),
    tag="properties.viewed",
    template="web/many/rows/properties.html",
    columns=(
        _NAME,
        Column(_("Directory ID")),
        Column(_("Domain"), "is-third goes-second"),
        Column(_("Country"), "is-third"),
        Column(_("Data location"), "is-third"),
        Column(_("Technical contact"), "is-fourth"),
    ),
    noun=lambda number: ngettext("tenant", "tenants", number),
    ask=_ask_tenants,
    describe=_describe_tenants,
    link=lambda _tenant: ("properties",),
    tenant_of="id",
    searches=_("Name or domain"),
)
