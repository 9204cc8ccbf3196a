"""How tests look at what was granted."""

from tests.applications import (
    Program,
    operator_of,
)
from tests.cast import NOW
from tidegate.directory.applications import (
    grants_in_force,
    list_principals,
)
from tidegate.directory.models import ServicePrincipal, Tenant


def principal_of(program: Program, tenant: Tenant) -> ServicePrincipal:
    found = list_principals(operator_of(tenant)).filter(client_id=program.application.client_id).first()
    assert found is not None
    return found


def values(program: Program, tenant: Tenant) -> list[str]:
    held = grants_in_force(principal_of(program, tenant), NOW)
    return sorted(held.values_list("value", flat=True))
