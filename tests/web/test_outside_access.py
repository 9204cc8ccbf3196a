"""Outside access: the page, the stop, and that what was open ends on its next request."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.applications import app_permissions, let_in, make_program
from tests.cast import NOW, Cast, days, join_as_guest
from tests.entitlements.offering import connect
from tests.web.conftest import Visitor, text_of
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.stops import stop_all, stop_guest, stop_organization
from tidegate.directory.actions.users import remove_user
from tidegate.directory.models import EmergencyStop
from tidegate.entitlements.actions.organizations import connect_organization

type Visit = Callable[..., Visitor]


def standing(cast: Cast) -> list[str]:
    rows = EmergencyStop.objects.of_tenant(cast.customer.id).filter(lifted_at__isnull=True)
    return [stop.covers for stop in rows]


def test_page_names_everybody_from_outside_by_organization(visit: Visit, cast: Cast) -> None:
    join_as_guest(cast.enter("admin"), cast.accounts["stranger"])
    words = text_of(visit("admin").get("/outside-access"))
    assert "4 people from outside may enter now or later." in words
    assert "Harbour Watch 3 Stop Harbour Watch Name State Role" in words
    assert (
        "Analyst analyst@provider.example In force Tier 1 Analyst 1 Jun 2026 Invited by hand – none "
        "Stop Analyst" in words
    )
    assert "No organization known here 1 Name" in words


def test_page_is_for_administrators_of_the_tenant(visit: Visit, cast: Cast) -> None:
    for name in ("reader", "member", "analyst"):
        assert visit(name).get("/outside-access").status_code == 403
        assert visit(name).post("/outside-access/stop", {"reason": "x"}).status_code == 403
    outsider = visit("outsider")
    assert outsider.get("/outside-access").status_code == 404
    assert outsider.post("/outside-access/stop", {"reason": "x"}).status_code == 404
    away = visit("outsider", cast.other)
    assert "0 people from outside" in text_of(away.get("/outside-access"))
    user = cast.user("analyst")
    assert away.post(f"/outside-access/guests/{user.id}/stop", {"reason": "x"}).status_code == 404
    there = f"/outside-access/organizations/{cast.provider.id}/stop"
    assert away.get(there).status_code == 404
    assert standing(cast) == []


def test_guest_is_stopped_with_a_reason_and_let_in_again(visit: Visit, cast: Cast) -> None:
    admin, analyst, user = visit("admin"), visit("analyst"), cast.user("analyst")
    assert analyst.get("/incidents").status_code == 200
    address = f"/outside-access/guests/{user.id}/stop"
    asked = text_of(admin.get(address))
    assert "Analyst does not enter Delta Mills from the next request on, whatever was granted." in asked
    assert "1 person loses entry" in asked
    assert standing(cast) == []
    refused = admin.post(address, {"reason": " "})
    assert refused.status_code == 400
    assert standing(cast) == []
    admin.post(address, {"reason": "Stolen <b>laptop</b>"})
    page = admin.get("/outside-access")
    assert "Stolen &lt;b&gt;laptop&lt;/b&gt;" in page.content.decode()
    assert "Analyst analyst@provider.example Stopped" in text_of(page)
    assert analyst.get("/incidents").status_code == 404
    stop = EmergencyStop.objects.of_tenant(cast.customer.id).get()
    lifting = f"/outside-access/stops/{stop.id}/lift"
    assert "1 person gains entry" in text_of(admin.get(lifting))
    admin.post(lifting, {"reason": "Found"})
    assert "Stops that were lifted" in text_of(admin.get("/outside-access"))
    assert analyst.get("/incidents").status_code == 200
    again = text_of(admin.post(lifting, {"reason": "Twice"}))
    assert "This stop was lifted already." in again


def test_organization_is_stopped_by_name_and_number(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    address = f"/outside-access/organizations/{cast.provider.id}/stop"
    asked = text_of(admin.get(address))
    assert (
        "3 people from outside have access now or later. Nobody of Harbour Watch enters Delta Mills" in asked
    )
    admin.post(address, {"reason": "Breach"})
    assert visit("lead").get("/").status_code == 404
    assert admin.get(f"/outside-access/organizations/{cast.other.id}/stop").status_code == 404


def test_connected_organization_of_whom_nobody_came_can_be_stopped(visit: Visit, cast: Cast) -> None:
    connect(cast.customer, cast.other)
    admin = visit("admin")
    assert "Connected; nobody of them has access." in text_of(admin.get("/outside-access"))
    admin.post(f"/outside-access/organizations/{cast.other.id}/stop", {"reason": "Breach"})
    join_as_guest(cast.enter("admin"), cast.accounts["outsider"])
    assert visit("outsider").get("/").status_code == 404


def test_organization_known_by_a_domain_can_be_stopped_before_it_comes(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    organization = connect_organization(cast.enter("admin"), tid="other.example", display_name="Polder")
    page = text_of(admin.get("/outside-access"))
    assert "Connected by a domain 1" in page
    assert "Polder other.example – Stop Polder" in page
    address = f"/outside-access/connected/{organization.id}/stop"
    assert "nobody with an address under it, enters Delta Mills" in text_of(admin.get(address))
    for name, tenant, status in (("member", None, 403), ("outsider", cast.other, 404)):
        assert visit(name, tenant).post(address, {"reason": "x"}).status_code == status
    admin.post(address, {"reason": "Breach"})
    assert "Polder other.example Stopped" in text_of(admin.get("/outside-access"))
    join_as_guest(cast.enter("admin"), cast.accounts["outsider"])
    assert visit("outsider").get("/").status_code == 404


def test_all_is_stopped_and_the_overview_says_so(visit: Visit, cast: Cast) -> None:
    admin, reader = visit("admin"), visit("reader")
    asked = text_of(admin.get("/outside-access/stop"))
    assert "Stop all outside access to Delta Mills?" in asked
    assert "3 people lose entry" in asked
    admin.post("/outside-access/stop", {"reason": "Ransomware"})
    for name in ("analyst", "lead", "helper"):
        assert visit(name).get("/").status_code == 404
        assert str(cast.customer.id) not in visit(name, cast.provider).get("/").content.decode()
    assert "All outside access is stopped. Ransomware by Admin" in text_of(admin.get("/"))
    assert "stopped" not in text_of(reader.get("/"))
    assert "Stop all outside access" not in text_of(admin.get("/outside-access"))


def test_programs_are_listed_and_stopped_with_their_organization(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), make_program(cast)
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    header = program.header(cast.customer, Resource.GRAPH, "SecurityAlert.Read.All")

    def ask() -> int:
        answer = Client().get("/v1.0/security/alerts_v2", headers=header)
        # To its end: an answer that is thrown away is told to its feed, whenever that is.
        answer.getvalue()
        return answer.status_code

    assert ask() == 200
    words = text_of(admin.get("/outside-access"))
    assert "Applications 1 Application State May First end Harbour SIEM In force Read all alerts" in words
    address = f"/outside-access/organizations/{cast.provider.id}/stop"
    assert "1 application is kept out as well." in text_of(admin.get(address))
    admin.post(address, {"reason": "Breach"})
    assert ask() == 401
    assert "Harbour SIEM Stopped" in text_of(admin.get("/outside-access"))
    stop = EmergencyStop.objects.of_tenant(cast.customer.id).get()
    admin.post(f"/outside-access/stops/{stop.id}/lift", {"reason": "Found"})
    assert ask() == 200


def test_organization_of_which_only_a_program_comes_in_can_be_stopped(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), make_program(cast, cast.other)
    let_in(program, cast.customer)
    assert "Polder Foods 0 Stop Polder Foods" in text_of(admin.get("/outside-access"))
    admin.post(f"/outside-access/organizations/{cast.other.id}/stop", {"reason": "Breach"})
    assert standing(cast) == ["organization"]
    assert "Applications are kept out as people are." in text_of(
        visit("outsider", cast.other).get("/outside-access/stop")
    )


def test_live_parts_end_too(visit: Visit, cast: Cast) -> None:
    admin = cast.enter("admin")
    assign_role(admin, cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR).id, user_id=cast.user("lead").id)
    lead = visit("lead")
    since = lead.get("/audit").context["since_url"]
    headers = {"hx-request": "true"}
    assert lead.client.get(since, headers=headers).status_code in {200, 204}
    assert lead.get("/newer/incidents").status_code in {200, 204, 400}
    stop_organization(admin, cast.provider.id, name="Harbour Watch", reason="Breach")
    assert lead.client.get(since, headers=headers).status_code == 404
    assert lead.get("/newer/incidents").status_code == 404


def test_a_guest_may_stop_but_not_lift(visit: Visit, cast: Cast) -> None:
    admin = cast.enter("admin")
    assign_role(admin, cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR).id, user_id=cast.user("lead").id)
    stop = stop_guest(admin, cast.user("analyst").id, reason="x")
    lead = visit("lead")
    assert "Only a member may lift it." in text_of(lead.get("/outside-access"))
    lifting = f"/outside-access/stops/{stop.id}/lift"
    assert lead.post(lifting, {"reason": "y"}).status_code == 403
    assert standing(cast) == ["guest"]
    own = f"/outside-access/guests/{cast.user('lead').id}/stop"
    lead.post(own, {"reason": "Lost my key"})
    assert lead.get("/outside-access").status_code == 404


def test_leaver_is_told_apart(visit: Visit, cast: Cast) -> None:
    remove_user(cast.enter("boss", cast.provider), cast.user("analyst", cast.provider).id)
    admin = visit("admin")
    words = text_of(admin.get("/outside-access"))
    assert "Analyst analyst@provider.example No longer let in by their organization" in words
    page = text_of(admin.get(f"/users/{cast.user('analyst').id}"))
    assert "Their own organization no longer lets them in." in page


def test_user_page_says_that_a_guest_is_stopped(visit: Visit, cast: Cast) -> None:
    stop_all(cast.enter("admin"), reason="Ransomware")
    page = text_of(visit("admin").get(f"/users/{cast.user('analyst').id}"))
    assert "Outside access is stopped for them." in page


def test_statements_do_not_grow_with_people(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    # The first one tells of the entry.
    assert admin.get("/outside-access").status_code == 200
    with CaptureQueriesContext(connection) as few:
        admin.get("/outside-access")
    for name in ("stranger", "outsider", "boss"):
        join_as_guest(cast.enter("admin"), cast.accounts[name])
    with CaptureQueriesContext(connection) as many:
        admin.get("/outside-access")
    assert len(many) == len(few)


@pytest.mark.parametrize("path", ["/outside-access/stop", "/outside-access"])
def test_signed_out_visitors_sign_in_first(visit: Visit, path: str) -> None:
    admin = visit("admin")
    admin.client.logout()
    assert admin.get(path).url.startswith("/sign-in")


def test_who_is_not_back_yet_stays_out_after_a_lift(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    stop = stop_all(cast.enter("admin"), reason="x")
    with standing_at(NOW + days(120)):
        admin = visit("admin")
        admin.post(f"/outside-access/stops/{stop.id}/lift", {"reason": "Over"})
        assert visit("analyst").get("/").status_code == 404
