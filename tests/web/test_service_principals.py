"""Pages of applications that a tenant lets in: consent, what they may do here, and who keeps them out."""

import uuid
from collections.abc import Callable

import pytest

from tests.applications import (
    app_permissions,
    delegated_permissions,
    let_in,
    make_program,
)
from tests.cast import NOW, Cast, make_role
from tests.web.conftest import Visitor, main_of, text_of
from tests.web.programs import needing, principal_of
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import RolePermission
from tidegate.directory.actions.applications import (
    disable_application,
)
from tidegate.directory.actions.consents import Term, consent_for_oneself, grant_consent
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.stops import stop_all
from tidegate.directory.applications import grants_in_force
from tidegate.directory.models import Grant
from tidegate.oauth.actions.sign_ins import Attempt, note, write_noted

type Visit = Callable[..., Visitor]

ALERTS = app_permissions(Resource.GRAPH, "SecurityAlert.Read.All")
PROFILE = delegated_permissions(Resource.GRAPH, "User.Read")


def test_consent_is_asked_for_in_words_and_granted_until_a_day(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), needing(cast, *ALERTS, *PROFILE)
    client_id = str(program.application.client_id)
    assert "Let an application in" in text_of(admin.get("/applications/consent"))
    page = admin.get("/applications/consent", client_id=client_id)
    words = text_of(page)
    assert "Let Harbour SIEM into Delta Mills?" in words
    assert "Read all alerts Microsoft Graph, by itself: SecurityAlert.Read.All" in words
    assert main_of(page).count(" checked") == 2
    data = {"permissions": "graph/application/SecurityAlert.Read.All", "ends_at": "2026-09-01T00:00"}
    made = admin.post("/applications/consent", data, client_id=client_id)
    principal = principal_of(program, cast.customer)
    assert made.url == f"/service-principals/{principal.id}?tid={admin.tid}"
    grant = grants_in_force(principal, NOW).get()
    assert (grant.value, grant.granted_by) == ("SecurityAlert.Read.All", "Admin")
    again = admin.get("/applications/consent", client_id=client_id)
    assert "Read all alerts Granted" in text_of(again)
    assert main_of(again).count(" checked") == 1


@pytest.mark.parametrize(
    "data",
    [
        {"ends_at": "2026-09-01T00:00"},
        {"permissions": "graph/application/AuditLog.Read.All", "ends_at": "2026-09-01T00:00"},
        {"permissions": "graph/application/SecurityAlert.Read.All", "ends_at": ""},
        {"permissions": "graph/application/SecurityAlert.Read.All", "ends_at": "2020-01-01T00:00"},
    ],
)
def test_consent_that_cannot_be_is_not_given(visit: Visit, cast: Cast, data: dict[str, str]) -> None:
    program = needing(cast, *ALERTS)
    client_id = str(program.application.client_id)
    page = visit("admin").post("/applications/consent", data, client_id=client_id)
    assert page.status_code == 400
    assert "Nothing was changed." in text_of(page)
    assert not Grant.objects.of_tenant(cast.customer.id).exists()


def test_what_one_may_not_do_oneself_cannot_be_ticked(visit: Visit, cast: Cast) -> None:
    program = needing(cast, *ALERTS, *PROFILE)
    role = make_role(cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    member, client_id = visit("member"), str(program.application.client_id)
    page = member.get("/applications/consent", client_id=client_id)
    assert "You cannot grant what you may not do yourself: alert.read." in text_of(page)
    assert main_of(page).count(" checked") == 1
    data = {"permissions": "graph/application/SecurityAlert.Read.All", "ends_at": "2026-09-01T00:00"}
    assert member.post("/applications/consent", data, client_id=client_id).status_code == 403
    assert not Grant.objects.of_tenant(cast.customer.id).exists()


def test_application_nobody_may_let_in_reads_like_none(visit: Visit, cast: Cast) -> None:
    admin, single = visit("admin"), make_program(cast, multi_tenant=False)
    for client_id in (uuid.uuid4(), single.application.client_id):
        assert admin.get("/applications/consent", client_id=str(client_id)).status_code == 404
    assert admin.get("/applications/consent", client_id="nonsense").status_code == 400


def test_service_principal_says_what_it_may_until_when_by_whom(visit: Visit, cast: Cast) -> None:
    program = needing(cast, *ALERTS)
    scope = cast.enter("admin")
    grant_consent(scope, program.application.client_id, ALERTS, term=Term(None, "Agreed <i>once</i>"))
    consent_for_oneself(cast.enter("member"), program.application.client_id, PROFILE)
    page = visit("admin").get(f"/service-principals/{principal_of(program, cast.customer).id}")
    words = text_of(page)
    assert "Read all alerts Microsoft Graph, by itself SecurityAlert.Read.All everybody Admin" in words
    assert "Sign people in and read who they are Microsoft Graph, for who uses it User.Read Member" in words
    assert "Agreed &lt;i&gt;once&lt;/i&gt;" in page.content.decode()
    assert "Registered by HW Harbour Watch" in words


def test_permissions_are_withdrawn_and_renewed_from_the_page(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), needing(cast, *ALERTS)
    let_in(program, cast.customer, *ALERTS, *PROFILE)
    principal = principal_of(program, cast.customer)
    held = {grant.value: grant for grant in grants_in_force(principal, NOW)}
    alerts, profile = str(held["SecurityAlert.Read.All"].id), str(held["User.Read"].id)
    address = f"/service-principals/{principal.id}"
    asked = text_of(admin.get(f"{address}/withdraw", grant=alerts))
    assert "Harbour SIEM may not do this at Delta Mills from the next request on:" in asked
    assert "Read all alerts (Microsoft Graph, by itself): SecurityAlert.Read.All" in asked
    admin.post(f"{address}/withdraw", grant=alerts)
    assert [grant.value for grant in grants_in_force(principal, NOW)] == ["User.Read"]
    assert "What ended 1" in text_of(admin.get(address))
    admin.post(f"{address}/renew", {"ends_at": "2026-12-24T00:00"}, grant=profile)
    assert "24 Dec 2026" in text_of(admin.get(address))
    for way in ("withdraw", "renew"):
        assert admin.get(f"{address}/{way}").status_code == 302
        assert admin.get(f"{address}/{way}", grant=alerts).status_code == 404
        assert admin.get(f"{address}/{way}", grant="nonsense").status_code == 404
    assert admin.post(f"{address}/renew", {"ends_at": ""}, grant=profile).status_code == 400


def test_application_is_kept_out_let_in_again_and_taken_out(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), make_program(cast)
    let_in(program, cast.customer, *ALERTS)
    address = f"/service-principals/{principal_of(program, cast.customer).id}"
    asked = text_of(admin.get(f"{address}/disable"))
    assert "From the next request on Harbour SIEM does not come into Delta Mills" in asked
    admin.post(f"{address}/disable")
    assert "Harbour SIEM Kept out here" in text_of(admin.get(address))
    admin.post(f"{address}/enable")
    assert "Harbour SIEM In force" in text_of(admin.get(address))
    assert "with everything that it was granted" in text_of(admin.get(f"{address}/remove"))
    admin.post(f"{address}/remove")
    assert admin.get(address).status_code == 404


def test_standing_says_who_keeps_it_out(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), make_program(cast)
    let_in(program, cast.customer, *ALERTS)
    disable_application(cast.enter("boss", cast.provider), program.application.id)
    assert "Harbour Watch Disabled by its owner" in text_of(admin.get("/applications"))
    stop_all(cast.enter("admin"), reason="Breach")
    assert "Harbour Watch Stopped" in text_of(admin.get("/applications"))
    page = text_of(admin.get(f"/service-principals/{principal_of(program, cast.customer).id}"))
    assert "An emergency stop keeps it out" in page


def test_last_sign_in_is_told(visit: Visit, cast: Cast) -> None:
    program = make_program(cast)
    let_in(program, cast.customer, *ALERTS)
    client_id = program.application.client_id
    note(Attempt(cast.customer.id, "client_credentials", client_id=client_id, client_name="Harbour SIEM"))
    note(Attempt(cast.other.id, "client_credentials", client_id=client_id, client_name="Harbour SIEM"))
    write_noted()
    rows = visit("admin").get("/applications").context["rows"]
    assert [row.last_sign_in_at for row in rows] == [NOW]
    assert [
        row.last_sign_in_at for row in visit("boss", cast.provider).get("/applications").context["rows"]
    ] == [None]


def test_home_sees_where_its_application_is_let_in_and_guests_do_not(visit: Visit, cast: Cast) -> None:
    program = make_program(cast)
    let_in(program, cast.customer)
    page = visit("boss", cast.provider).get(f"/applications/{program.application.id}")
    assert "Let in elsewhere 1 DM Delta Mills" in text_of(page)
    own = make_program(cast, cast.customer)
    assign_role(cast.enter("admin"), cast.role("Security Reader").id, user_id=cast.user("lead").id)
    shown = text_of(visit("lead").get(f"/applications/{own.application.id}"))
    assert "Let in elsewhere" not in shown
    assert "Remove" not in shown
