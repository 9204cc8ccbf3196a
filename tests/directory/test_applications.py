"""Applications registered, changed, disabled and removed: by whom, and what is refused."""

import uuid
from typing import Any

import pytest

from tests.applications import let_in, make_program
from tests.cast import NOW, Cast
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import GrantKind, Resource, find_api_permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.applications import (
    Redirect,
    Registration,
    disable_application,
    enable_application,
    register_application,
    remove_application,
    update_application,
)
from tidegate.directory.applications import (
    find_application,
    find_principal,
    get_application,
    grants_in_force,
    list_applications,
    list_consenting,
    list_principals,
)
from tidegate.directory.models import Application, ServicePrincipal

pytestmark = pytest.mark.usefixtures("now")

MAY_NOT = ("member", "reader", "analyst", "lead", "helper")
READ_ALERTS = find_api_permission(Resource.GRAPH, GrantKind.APPLICATION, "SecurityAlert.Read.All")


def register(scope: Scope, **values: Any) -> Application:
    return register_application(scope, Registration(**{"display_name": "Dashboard", **values}))


def tags(cast: Cast) -> list[str]:
    rows = AuditEvent.rows.filter(tenant_id=cast.customer.id, target_type="application").order_by("sequence")
    return list(rows.values_list("tag", flat=True))


def test_registered_application_is_let_into_its_own_tenant_with_nothing(cast: Cast) -> None:
    application = register(cast.enter("admin"))
    principal = find_principal(cast.customer.id, application.client_id)
    assert principal is not None
    assert principal.display_name == "Dashboard"
    assert not grants_in_force(principal, NOW).exists()
    assert find_principal(cast.other.id, application.client_id) is None
    assert (application.created_by, tags(cast)) == ("Admin", ["application.registered"])


def test_everything_that_its_owner_decides_is_kept(cast: Cast) -> None:
    assert READ_ALERTS is not None
    application = register(
        cast.enter("admin"),
        description="Two\nlines",
        sign_in_audience=Application.Audience.MULTI_TENANT,
        redirects=[Redirect("https://a.example/x"), Redirect("msal0://auth", "publicClient")],
        logout_url="https://a.example/out",
        allows_public_client=True,
        required=[READ_ALERTS],
    )
    assert application.redirect_uris == [
        {"uri": "https://a.example/x", "platform": "web"},
        {"uri": "msal0://auth", "platform": "publicClient"},
    ]
    assert application.required_permissions == [
        {"resource": "graph", "kind": "application", "value": "SecurityAlert.Read.All"}
    ]
    assert (application.is_multi_tenant, application.allows_public_client) == (True, True)


@pytest.mark.parametrize("name", MAY_NOT)
def test_who_may_not_manage_applications_changes_none(cast: Cast, name: str) -> None:
    application, scope = register(cast.enter("admin")), cast.enter(name)
    with pytest.raises(Forbidden):
        register(scope)
    with pytest.raises(Forbidden):
        update_application(scope, application.id, Registration("Mine"))
    for action in (disable_application, remove_application):
        with pytest.raises(Forbidden):
            action(scope, application.id)
    assert tags(cast) == ["application.registered"]


def test_application_of_another_tenant_is_not_there(cast: Cast) -> None:
    application, outsider = register(cast.enter("admin")), cast.enter("outsider", cast.other)
    for action in (disable_application, enable_application, remove_application, get_application):
        with pytest.raises(NotFound):
            action(outsider, application.id)
    with pytest.raises(NotFound):
        update_application(outsider, application.id, Registration("Mine"))
    assert not list_applications(outsider).exists()
    assert tags(cast) == ["application.registered"]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("display_name", {"display_name": " "}),
        ("display_name", {"display_name": "x" * 121}),
        ("description", {"description": "a\0b"}),
        ("sign_in_audience", {"sign_in_audience": "Everybody"}),
        ("logout_url", {"logout_url": "http://a.example/out"}),
        ("permissions", {"required": [READ_ALERTS] * 101}),
        ("redirect_uris", {"redirects": [Redirect("https://a.example/", "desktop")]}),
        ("redirect_uris", {"redirects": [Redirect(f"https://a.example/{n}") for n in range(51)]}),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_written(
    cast: Cast, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        register(cast.enter("admin"), **values)
    assert set(refused.value.fields) == {field}
    assert not Application.rows.exists()
    assert not ServicePrincipal.rows.exists()


@pytest.mark.parametrize(
    ("uri", "platform"),
    [
        ("https://siem.example/SiemMsspConnector", "web"),
        ("https://SiemMsspConnector", "web"),
        ("http://localhost:8400/x", "web"),
        ("http://127.0.0.1/x", "spa"),
        ("http://[::1]:9/x", "web"),
        ("com.example.app://auth", "publicClient"),
    ],
)
def test_safe_address_is_taken_letter_by_letter(cast: Cast, uri: str, platform: str) -> None:
    application = register(cast.enter("admin"), redirects=[Redirect(uri, platform)])
    assert application.redirect_uris == [{"uri": uri, "platform": platform}]


@pytest.mark.parametrize(
    ("uri", "platform"),
    [
        ("http://siem.example/x", "web"),
        ("http://localhost.evil.example/x", "web"),
        ("https://siem.example/x#part", "web"),
        ("https://*.siem.example/x", "web"),
        ("https://siem.example/a b", "web"),
        ("https://siem.example\\@evil.example/", "web"),
        ("https://[::1", "web"),
        ("https:///x", "web"),
        ("javascript:alert(1)", "publicClient"),
        ("data:text/html,x", "web"),
        ("com.example.app://auth", "web"),
        ("https://siem.example/" + "x" * 256, "web"),
        ("", "web"),
    ],
)
def test_codes_are_sent_to_no_other_address(cast: Cast, uri: str, platform: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        register(cast.enter("admin"), redirects=[Redirect(uri, platform)])
    assert set(refused.value.fields) == {"redirect_uris"}


def test_update_tells_what_was_and_what_is(cast: Cast) -> None:
    scope = cast.enter("admin")
    application = register(scope)
    update_application(scope, application.id, Registration("Dashboard"))
    assert tags(cast) == ["application.registered"]
    update_application(scope, application.id, Registration("Board", "Of ours"))
    event = AuditEvent.rows.get(tag="application.updated")
    assert '"before": {"description": "", "display_name": "Dashboard"}' in event.details
    principal = find_principal(cast.customer.id, application.client_id)
    assert principal is not None
    assert principal.display_name == "Board"


def test_another_tenant_keeps_the_name_that_it_consented_to(cast: Cast) -> None:
    program = make_program(cast)
    let_in(program, cast.customer)
    update_application(
        cast.enter("boss", cast.provider), program.application.id, Registration("Friendly helper")
    )
    found = list_principals(cast.enter("admin")).get(client_id=program.application.client_id)
    assert found.display_name == "Harbour SIEM"


def test_disabled_application_comes_in_nowhere_until_it_is_enabled(cast: Cast) -> None:
    program, boss = make_program(cast), cast.enter("boss", cast.provider)
    let_in(program, cast.customer)
    disable_application(boss, program.application.id)
    assert find_principal(cast.customer.id, program.application.client_id) is None
    with pytest.raises(Conflict):
        disable_application(boss, program.application.id)
    enable_application(boss, program.application.id)
    assert find_principal(cast.customer.id, program.application.client_id) is not None
    with pytest.raises(Conflict):
        enable_application(boss, program.application.id)


def test_removed_application_is_gone_everywhere_and_its_id_is_never_another(cast: Cast) -> None:
    program, boss = make_program(cast), cast.enter("boss", cast.provider)
    client_id = program.application.client_id
    let_in(program, cast.customer)
    remove_application(boss, program.application.id)
    assert find_application(client_id) is None
    assert not list_principals(cast.enter("admin")).exists()
    with pytest.raises(Conflict):
        register_application(boss, Registration("New"), client_id=client_id)
    with pytest.raises(NotFound):
        remove_application(boss, program.application.id)


def test_a_chosen_id_is_kept_and_taken_once_over_all_tenants(cast: Cast) -> None:
    client_id = uuid.uuid4()
    made = register_application(cast.enter("admin"), Registration("One"), client_id=client_id)
    assert made.client_id == client_id
    with pytest.raises(Conflict):
        register_application(cast.enter("outsider", cast.other), Registration("Two"), client_id=client_id)


def test_where_it_is_let_in_is_for_members_of_its_home(cast: Cast) -> None:
    program = make_program(cast)
    let_in(program, cast.customer)
    let_in(program, cast.other)
    found = list_consenting(cast.enter("boss", cast.provider), program.application)
    assert [one.tenant.display_name for one in found] == ["Delta Mills", "Polder Foods"]
    with pytest.raises(Forbidden):
        list_consenting(cast.enter("analyst", cast.provider), program.application)
    own = make_program(cast, cast.customer)
    assert not list_consenting(cast.enter("reader"), own.application).exists()
    assert not list_consenting(cast.enter("reader"), program.application).exists()
