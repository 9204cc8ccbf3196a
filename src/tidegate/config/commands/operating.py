"""How the command line opens a tenant: as the operator, with exactly the permissions of its task."""

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import OPERATOR, Entry, Scope
from tidegate.core.errors import NotFound
from tidegate.directory.models import Domain, Tenant
from tidegate.gate.opening import read_tid


def open_as_operator(tid: str, *permissions: Permission) -> Scope:
    """A tenant by id or verified domain. Raises InvalidInput, NotFound.

    The operator is at the machine itself and passes no gate, but leaves the same trace.
    """
    asked = read_tid(tid)
    if asked.tenant_id:
        tenant = Tenant.objects.filter(id=asked.tenant_id).first()
    else:
        found = Domain.objects.filter(name=asked.domain, verified_at__isnull=False).select_related("tenant")
        tenant = next((domain.tenant for domain in found), None)
    if tenant is None:
        raise NotFound(f"There is no tenant {tid}.")
    entry = Entry(tenant.id, tenant.display_name, None, None, frozenset(permissions))
    return Scope(OPERATOR, entry)
