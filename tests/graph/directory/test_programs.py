import pytest

from tests.applications import make_program
from tests.cast import Cast
from tests.graph.speaking import speak

pytestmark = pytest.mark.usefixtures("now")


def test_tenant_sees_its_own_registrations_and_whom_it_lets_in(cast: Cast) -> None:
    ours = make_program(cast, cast.customer).application
    program = speak(cast, "Application.Read.All")
    theirs = program.program.application

    registered = program.get("applications").values
    let_in = program.get("servicePrincipals?$orderby=displayName").values

    assert [one["appId"] for one in registered] == [str(ours.client_id)]
    assert {(one["appId"], one["appOwnerOrganizationId"]) for one in let_in} == {
        (str(ours.client_id), str(cast.customer.id)),
        (str(theirs.client_id), str(cast.provider.id)),
    }
    assert program.get(f"servicePrincipals(appId='{theirs.client_id}')").body["displayName"] == "Harbour SIEM"
    assert program.get(f"applications(appId='{theirs.client_id}')").code == (404, "Request_ResourceNotFound")


def test_reading_programs_needs_the_permission(cast: Cast) -> None:
    program = speak(cast, "User.Read.All")

    assert {program.get(path).status for path in ("applications", "servicePrincipals")} == {403}
