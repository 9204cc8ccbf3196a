"""Programs as the pages about them need them."""

from collections.abc import Callable
from typing import Any

from tests.applications import (
    Program,
    make_program,
    operator_of,
)
from tests.cast import Cast
from tests.web.conftest import Visitor
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.applications import (
    Registration,
    update_application,
)
from tidegate.directory.applications import list_principals
from tidegate.directory.models import ServicePrincipal, Tenant

type Visit = Callable[..., Visitor]


def principal_of(program: Program, tenant: Tenant) -> ServicePrincipal:
    found = list_principals(operator_of(tenant)).get(client_id=program.application.client_id)
    assert isinstance(found, ServicePrincipal)
    return found


def needing(cast: Cast, *permissions: Any) -> Program:
    """A program of the provider that says it needs these permissions."""
    program = make_program(cast)
    registration = Registration("Harbour SIEM", "", "AzureADMultipleOrgs", required=permissions)
    scope = operator_of(cast.provider, Permission.APPLICATION_MANAGE)
    return Program(update_application(scope, program.application.id, registration))
