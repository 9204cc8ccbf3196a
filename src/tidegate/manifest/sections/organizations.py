"""Connected organizations, and who answers for them."""

from django.db.models import Q, QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.directory.queries import list_users
from tidegate.entitlements.actions.organizations import (
    add_sponsor,
    connect_organization,
    remove_organization,
    remove_sponsor,
    update_organization,
)
from tidegate.entitlements.models import ConnectedOrganization
from tidegate.entitlements.organizations import find_organization, list_organizations, list_sponsors
from tidegate.entitlements.words import SponsorKind
from tidegate.manifest.desk import Desk, find_named, get_named, given
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.offers import OrganizationForm, SponsorForm
from tidegate.manifest.places import suggest

type NamedSponsor = str | SponsorForm


def settle_organization(desk: Desk, form: OrganizationForm) -> None:
    """Connect it, or change it; let users answer for it."""
    organization = _known(desk.scope, form.tenant).first() or _connect(desk, form)
    _change(desk, form, organization)
    desk.each("sponsors", form.sponsors, lambda at, one: _settle_sponsor(at, one, organization))


def clear_organization(desk: Desk, form: OrganizationForm) -> None:
    """Part with it, and with all access that came through it; or with some who answer for it."""
    organization = _known(desk.scope, form.tenant).first()
    if organization is None:
        return
    if form.state == "absent":
        remove_organization(desk.scope, organization.id)
        desk.note(f"disconnect {organization.display_name} from {desk.tenant_name}")
    else:
        desk.each("sponsors", form.sponsors, lambda at, one: _clear_sponsor(at, one, organization))


def describe_organizations(scope: Scope) -> list[OrganizationForm]:
    """All of them."""
    return [_describe(scope, organization) for organization in list_organizations(scope)]


def get_organization_named(scope: Scope, name: str) -> ConnectedOrganization:
    """A connected organization by its name here, its tenant id or its domain. Raises NotFound."""
    organization = find_named(list_organizations(scope), name)
    if organization is None:
        try:
            organization = _known(scope, name).first()
        except InvalidInput:
            # It is neither an id nor a domain: then it was a name that is not there.
            organization = None
    if organization is None:
        known = list(list_organizations(scope).values_list("display_name", flat=True))
        message = f'there is no connected organization "{name}"{suggest(name, known)}'
        raise NotFound(message)
    return organization


def _known(scope: Scope, tid: str) -> QuerySet[ConnectedOrganization]:
    """What is connected under this id or domain, also where its tenant lets itself be found since."""
    found = find_organization(scope, tid)
    same = Q(source_domain=found.source_domain) if found.source_domain else Q(pk__in=[])
    if found.source_tenant_id:
        same |= Q(source_tenant_id=found.source_tenant_id)
    return list_organizations(scope).filter(same)


def _connect(desk: Desk, form: OrganizationForm) -> ConnectedOrganization:
    organization = connect_organization(
        desk.scope,
        tid=form.tenant,
        display_name="" if form.display_name is UNSET else form.display_name,
        description="" if form.description is UNSET else form.description,
    )
    desk.note(f"connect {organization.display_name} to {desk.tenant_name}")
    return organization


def _change(desk: Desk, form: OrganizationForm, organization: ConnectedOrganization) -> None:
    before = {
        "display_name": organization.display_name,
        "description": organization.description,
        "organization_state": str(organization.state),
    }
    wanted = {
        **before,
        **given(
            display_name=form.display_name,
            description=form.description,
            organization_state=form.organization_state,
        ),
    }
    if wanted != before:
        update_organization(
            desk.scope,
            organization.id,
            display_name=str(wanted["display_name"]),
            description=str(wanted["description"]),
            state=str(wanted["organization_state"]),
        )
        what = f"connected organization {organization.display_name} of {desk.tenant_name}"
        desk.note_changes(what, before, wanted)


def _settle_sponsor(desk: Desk, named: NamedSponsor, organization: ConnectedOrganization) -> None:
    form = _read(named)
    if form.state == "absent":
        return
    user = get_named(list_users(desk.scope), "user", form.user, "mail")
    if not list_sponsors(desk.scope, organization.id).filter(user_id=user.id).exists():
        kind = SponsorKind.EXTERNAL if user.is_guest else SponsorKind.INTERNAL
        add_sponsor(desk.scope, organization.id, user_id=user.id, kind=kind)
        desk.note(f"let {user.mail} answer for {organization.display_name} in {desk.tenant_name}")


def _clear_sponsor(desk: Desk, named: NamedSponsor, organization: ConnectedOrganization) -> None:
    form = _read(named)
    if form.state != "absent":
        return
    for sponsor in list_sponsors(desk.scope, organization.id).filter(user__mail__iexact=form.user.strip()):
        remove_sponsor(desk.scope, organization.id, sponsor.id)
        mail, name = sponsor.user.mail, organization.display_name
        desk.note(f"let {mail} no more answer for {name} in {desk.tenant_name}")


def _describe(scope: Scope, organization: ConnectedOrganization) -> OrganizationForm:
    sponsors = list_sponsors(scope, organization.id).filter(user__removed_at__isnull=True)
    return OrganizationForm(
        tenant=str(organization.source_tenant_id or organization.source_domain),
        display_name=organization.display_name,
        description=organization.description,
        organization_state=str(organization.state),
        sponsors=[one.user.mail for one in sponsors],
    )


def _read(named: NamedSponsor) -> SponsorForm:
    return SponsorForm(user=named) if isinstance(named, str) else named
