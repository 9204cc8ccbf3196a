"""A person in the tenant that an application asks for: as the gate lets them in, or not at all."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from tidegate.accounts.actors import actor_of
from tidegate.accounts.lasting import signed_in_at
from tidegate.authorization.scope import Scope
from tidegate.core.errors import NotFound
from tidegate.core.ids import uuid7
from tidegate.directory.models import Application, User
from tidegate.gate.opening import open as open_gate
from tidegate.oauth.actions.sign_ins import Attempt, note
from tidegate.oauth.errors import StsError
from tidegate.oauth.models import SignIn
from tidegate.oauth.people import find_person
from tidegate.oauth.places import Place
from tidegate.oauth.queries import Principal, find_principal


@dataclass(frozen=True, slots=True)
class Entered:
    """A signed-in person in a tenant, for an application; `principal` is None where it is not let in yet."""

    scope: Scope
    user: User
    application: Application
    principal: Principal | None
    signed_in_at: datetime

    @property
    def is_usable(self) -> bool:
        """Whether anybody here may consent to the application: it is the tenant's own, or for all tenants."""
        return self.application.is_multi_tenant or self.application.tenant_id == self.user.tenant_id


def enter(request: HttpRequest, place: Place, application: Application) -> Entered:
    """Open the tenant of a request for its person. Raises StsError."""
    actor = actor_of(request)
    tenant_id = place.tenant_id or actor.home_tenant_id
    scope, user = _open(request, tenant_id)
    if scope is None or user is None:
        note_sign_in(request, tenant_id, application, 50020)
        raise StsError(50020, email=actor.email, tenant=place.text, client=application.client_id)
    principal = find_principal(scope.tenant_id, application.client_id)
    entered = Entered(scope, user, application, principal, signed_in_at(request))
    if principal is None and not entered.is_usable:
        raise StsError(700016, client=application.client_id, tenant=place.text)
    if principal is not None and not principal.is_entering:
        note_sign_in(request, scope.tenant_id, application, 7000112, user)
        raise StsError(7000112, client=application.client_id)
    return entered


def note_sign_in(
    request: HttpRequest,
    tenant_id: uuid.UUID | None,
    application: Application,
    result: int = 0,
    user: User | None = None,
    resource: str = "",
) -> None:
    """Tell the tenant's sign-in log that a person signed in to an application, or was not let."""
    if tenant_id is None:
        return
    actor = actor_of(request)
    note(
        Attempt(
            tenant_id=tenant_id,
            grant=SignIn.Grant.AUTHORIZE,
            result=result,
            client_id=application.client_id,
            client_name=application.display_name,
            user_id=user.id if user else None,
            user_name=user.user_principal_name if user else actor.email,
            resource=resource,
            ip_address=actor.ip_address,
            user_agent=actor.user_agent,
            event_id=None if result else uuid7(),
        )
    )


def _open(request: HttpRequest, tenant_id: uuid.UUID | None) -> tuple[Scope | None, User | None]:
    if tenant_id is None:
        return None, None
    try:
        scope = open_gate(actor_of(request), str(tenant_id))
    except NotFound:
        return None, None
    user_id = scope.entry.user_id
    return scope, find_person(tenant_id, user_id) if user_id else None
