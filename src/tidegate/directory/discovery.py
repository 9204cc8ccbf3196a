"""What a tenant may learn of another by its id or domain: what that other lets be found of itself."""

import uuid

from django.db.models import Q

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core.errors import NotFound
from tidegate.directory.models import Tenant


def find_tenant_by_id(scope: Scope, tenant_id: uuid.UUID) -> Tenant:
    """The tenant with this id, if it lets itself be found or is one's own. Raises NotFound, Forbidden."""
    return _find(scope, Q(id=tenant_id))


def find_tenant_by_domain(scope: Scope, domain: str) -> Tenant:
    """The tenant that has verified this domain, likewise. Raises NotFound, Forbidden."""
    return _find(scope, Q(domains__name=domain, domains__verified_at__isnull=False))


def _find(scope: Scope, named: Q) -> Tenant:
    require(scope, Permission.TENANT_READ)
    # One statement whoever is there: what takes longer would tell what is not said.
    tenant = Tenant.objects.filter(named, Q(is_discoverable=True) | Q(id=scope.tenant_id)).first()
    if tenant is None:
        raise NotFound("There is no such organization, or it does not let itself be found.")
    return tenant
