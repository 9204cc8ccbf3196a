"""Domains: a tenant's on the operator's word."""

from tidegate.authorization.scope import Scope
from tidegate.directory.actions.domains import add_domain, confirm_domain, make_domain_default, remove_domain
from tidegate.directory.names import clean_domain
from tidegate.directory.queries import list_domains
from tidegate.manifest.desk import Desk
from tidegate.manifest.forms.directory import DomainForm

type Named = str | DomainForm


def settle_domain(desk: Desk, named: Named) -> None:
    """Add and verify it; make it the default, if that is said."""
    form = _read(named)
    name = clean_domain(form.name, "name")
    domain = list_domains(desk.scope).filter(name=name).first()
    if domain is None or domain.verified_at is None:
        domain = confirm_domain(desk.scope, domain or add_domain(desk.scope, name))
        desk.note(f"add domain {name} to {desk.tenant_name}")
    if form.is_default and not domain.is_default:
        make_domain_default(desk.scope, domain.id)
        desk.note(f"make {name} the default domain of {desk.tenant_name}")


def clear_domain(desk: Desk, named: Named) -> None:
    """Remove it."""
    form = _read(named)
    domain = list_domains(desk.scope).filter(name=clean_domain(form.name, "name")).first()
    if form.state == "absent" and domain is not None:
        remove_domain(desk.scope, domain.id)
        desk.note(f"remove domain {domain.name} from {desk.tenant_name}")


def describe_domains(scope: Scope) -> list[Named]:
    """The verified ones, the default first."""
    rows = list_domains(scope).filter(verified_at__isnull=False)
    return [DomainForm(name=one.name, is_default=True) if one.is_default else one.name for one in rows]


def _read(named: Named) -> DomainForm:
    return DomainForm(name=named) if isinstance(named, str) else named
