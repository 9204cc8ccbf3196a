"""A provider's SIEM is let in by both its ids, by who may."""

import uuid

import pytest

from tests.applications import (
    Program,
    app_permissions,
    let_in,
    make_program,
)
from tests.cast import NOW, Cast, days, make_role
from tests.directory.consenting import values
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.core.errors import Forbidden, NotFound
from tidegate.directory.actions.consents import (
    Term,
    authorize_siem_application,
    withdraw_siem_authorization,
)
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.applications import (
    grants_in_force,
)

pytestmark = pytest.mark.usefixtures("now")

ALERTS = app_permissions(Resource.GRAPH, "SecurityAlert.Read.All")


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast)


def test_siem_application_of_its_own_tenant_only_is_authorized_by_both_ids(cast: Cast) -> None:
    program, scope = make_program(cast, multi_tenant=False), cast.enter("admin")
    client_id = program.application.client_id
    for wrong in (
        (client_id, cast.other.id),
        (uuid.uuid4(), cast.provider.id),
        (client_id, cast.customer.id),
    ):
        with pytest.raises(NotFound, match=r"There is no such application in that tenant\."):
            authorize_siem_application(scope, *wrong)
    principal = authorize_siem_application(scope, client_id, cast.provider.id)
    assert values(program, cast.customer) == ["Alerts.Fetch", "Alerts.Fetch.All"]
    let_in_again = authorize_siem_application(scope, client_id, cast.provider.id, term=Term(NOW + days(3)))
    assert let_in_again.id == principal.id
    assert {grant.ends_at for grant in grants_in_force(principal, NOW)} == {NOW + days(3)}


def test_siem_authorization_is_withdrawn_and_nothing_else(cast: Cast, program: Program) -> None:
    scope = cast.enter("admin")
    let_in(program, cast.customer, *ALERTS)
    principal = authorize_siem_application(scope, program.application.client_id, cast.provider.id)
    withdraw_siem_authorization(scope, principal.id)
    assert values(program, cast.customer) == ["SecurityAlert.Read.All"]


def test_who_may_see_alerts_and_manage_settings_authorizes_a_siem(cast: Cast, program: Program) -> None:
    role = make_role(cast.customer, "Settings", RolePermission.MANAGE_PORTAL_SETTINGS)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    client_id = program.application.client_id
    with pytest.raises(Forbidden) as refused:
        authorize_siem_application(cast.enter("member"), client_id, cast.provider.id)
    assert refused.value.permission == Permission.ALERT_READ
    sight = make_role(cast.customer, "Sight", RolePermission.VIEW_DATA)
    assign_role(cast.enter("admin"), sight.id, user_id=cast.user("member").id)
    scope = cast.enter("member")
    principal = authorize_siem_application(scope, client_id, cast.provider.id)
    withdraw_siem_authorization(scope, principal.id)
    assert values(program, cast.customer) == []
