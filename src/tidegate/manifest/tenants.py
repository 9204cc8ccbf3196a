"""Tenants themselves: found by id or domain, created with their first administrator, changed."""

import uuid

from django.db import transaction

from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import OPERATOR, Scope
from tidegate.core.errors import InvalidInput
from tidegate.directory.actions.tenants import create_tenant, update_tenant
from tidegate.directory.models import Tenant
from tidegate.directory.names import clean_domain
from tidegate.directory.queries import get_tenant
from tidegate.manifest.accounts import find_or_create_account
from tidegate.manifest.desk import Desk, Run, given, open_for_operator
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.directory import DomainForm, RoleGivenForm, UserForm
from tidegate.manifest.forms.document import Document, TenantForm
from tidegate.manifest.places import Place, refusing_at

_PROPERTIES = (
    "display_name",
    "country",
    "data_location",
    "technical_contact",
    "privacy_contact",
    "privacy_statement_url",
    "is_discoverable",
)


def lock_tenants(document: Document) -> None:
    """Lock the tenants that are there, always in the same order, so that two runs wait for each other.

    Raises Misfit for two forms of one tenant.
    """
    found: dict[uuid.UUID, Place] = {}
    for number, form in enumerate(document.tenants):
        place = Place("tenants").item(number)
        with refusing_at(place):
            tenant = _find(form)
            if tenant and tenant.id in found:
                message = f"this tenant stands at {found[tenant.id].path} already"
                raise InvalidInput(message)
        if tenant:
            found[tenant.id] = place
    list(Tenant.objects.select_for_update(no_key=True).filter(id__in=list(found)).order_by("id"))


def open_desk(run: Run, form: TenantForm, place: Place) -> Desk:
    """The tenant of a form, created if it is not there, with the properties that the form gives.

    Raises Misfit.
    """
    with refusing_at(place), transaction.atomic():
        tenant = _find(form)
        is_new = tenant is None
        tenant = tenant or _create(run, form)
        run.tenant_ids.append(tenant.id)
        scope = open_for_operator(tenant)
        before = _properties(tenant)
        wanted = _wanted(form)
        if any(before[name] != value for name, value in wanted.items()):
            tenant = update_tenant(scope, wanted)
        desk = Desk(run, open_for_operator(tenant), place)
        if not is_new:
            desk.note_changes(f"tenant {tenant.display_name}", before, _properties(tenant))
    return desk


def describe_tenant(scope: Scope) -> dict[str, object]:
    """A tenant's properties, as its form takes them."""
    tenant = get_tenant(scope)
    return {"id": tenant.id, **_properties(tenant)}


def domains_of(form: TenantForm) -> list[DomainForm]:
    """The domains that a form names, each as an object."""
    named = [] if form.domains is UNSET else form.domains
    return [DomainForm(name=one) if isinstance(one, str) else one for one in named]


def _find(form: TenantForm) -> Tenant | None:
    if form.id is not UNSET:
        return Tenant.objects.filter(id=form.id).first()
    names = [clean_domain(one.name, "domains") for one in domains_of(form)]
    if not names:
        raise InvalidInput("a tenant needs an id or a domain, by which it is found")
    known = Tenant.objects.filter(domains__name__in=names, domains__verified_at__isnull=False).distinct()
    found = list(known[:2])
    if len(found) > 1:
        raise InvalidInput(fields={"domains": "belong to two tenants"})
    return found[0] if found else None


def _create(run: Run, form: TenantForm) -> Tenant:
    if form.display_name is UNSET:
        raise InvalidInput(fields={"display_name": "is needed for a tenant that is not there yet"})
    administrator = _first_administrator(form)
    present = [one.name for one in domains_of(form) if one.state == "present"]
    tenant = create_tenant(
        OPERATOR,
        display_name=form.display_name,
        administrator=find_or_create_account(run, administrator),
        tenant_id=None if form.id is UNSET else form.id,
        domain=present[0] if present else "",
    )
    words = f"create tenant {tenant.display_name}, administered by {administrator.email}"
    run.changes.append(words)
    return tenant


def _first_administrator(form: TenantForm) -> UserForm:
    users = [] if form.users is UNSET else form.users
    for user in users:
        if user.state == "present" and user.user_type != "guest" and _administers(user):
            return user
    role = BuiltInRole.GLOBAL_ADMINISTRATOR
    reason = f"must hold a member with the role {role}, for a tenant that is not there yet"
    raise InvalidInput(fields={"users": reason})


def _administers(user: UserForm) -> bool:
    roles = [] if user.roles is UNSET else user.roles
    wanted = [RoleGivenForm(role=one) if isinstance(one, str) else one for one in roles]
    return any(
        one.role.strip().casefold() == BuiltInRole.GLOBAL_ADMINISTRATOR.casefold()
        and one.state == "present"
        and not one.ends_at
        for one in wanted
    )


def _wanted(form: TenantForm) -> dict[str, str | bool]:
    values = given(**{name: getattr(form, name) for name in _PROPERTIES})
    if "country" in values:
        values["country"] = str(values["country"]).upper()
    for name in ("technical_contact", "privacy_contact"):
        if name in values:
            values[name] = str(values[name]).lower()
    return {name: value for name, value in values.items() if isinstance(value, str | bool)}


def _properties(tenant: Tenant) -> dict[str, object]:
    return {name: getattr(tenant, name) for name in _PROPERTIES}
