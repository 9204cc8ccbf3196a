"""Every address with every kind of token of another tenant: as if nothing were there."""

from datetime import timedelta
from typing import Any, Final

import pytest
from django.test import Client

from tests.applications import delegated_permissions, let_in, operator_of
from tests.cast import NOW, Cast, import_all, join_as_guest
from tests.connectors.samples import graph_incident
from tests.siem.programs import full_alert, read, speak
from tidegate.authorization.api_permissions import GrantKind, Resource
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.directory.actions.consents import withdraw_consent
from tidegate.directory.actions.users import remove_user
from tidegate.directory.applications import find_principal
from tidegate.directory.models import Grant
from tidegate.feeds.limits import Limit
from tidegate.feeds.words import Family
from tidegate.siem.urls import addresses

EVENT: Final = {
    "machineId": "d1", "severity": "Low", "title": "t", "description": "d", "recommendedAction": "r",
    "eventTime": "2026-03-10T08:30:00Z", "reportId": "1", "category": "c",
}  # fmt: skip
EMPTY: Final = b'{"value":[]}'
TAG: Final = {"Value": "x", "Action": "Add"}
TAG_MANY: Final = "machines/AddOrRemoveTagForMultipleMachines"
WISH: Final = {"status": "Resolved"}

# Address, method, body, what it answers where nothing is there.
TABLE: Final[tuple[tuple[Resource, str, str, Any, Any], ...]] = (
    (Resource.SIEM, "get", "alerts", None, []),
    (Resource.SIEM, "get", "alert", None, []),
    (Resource.DEFENDER, "get", "alerts", None, {"value": []}),
    (Resource.DEFENDER, "get", "alerts/da1", None, 404),
    (Resource.DEFENDER, "patch", "alerts/da1", WISH, 404),
    (Resource.DEFENDER, "get", "alerts/da1/machine", None, 404),
    (Resource.DEFENDER, "get", "alerts/da1/files", None, 404),
    (Resource.DEFENDER, "get", "alerts/da1/ips", None, 404),
    (Resource.DEFENDER, "get", "alerts/da1/domains", None, 404),
    (Resource.DEFENDER, "get", "alerts/da1/user", None, 404),
    (Resource.DEFENDER, "post", "alerts/batchUpdate", {"alertIds": ["da1"], **WISH}, 404),
    (Resource.DEFENDER, "post", "alerts/CreateAlertByReference", EVENT, 404),
    (Resource.DEFENDER, "post", "alerts/createAlertByReference", EVENT, 404),
    (Resource.DEFENDER, "get", "machines", None, 404),
    (Resource.DEFENDER, "get", "machines/d1", None, 404),
    (Resource.DEFENDER, "get", "machines/d1/alerts", None, 404),
    (Resource.DEFENDER, "post", "machines/d1/tags", TAG, 404),
    (
        Resource.DEFENDER,
        "post",
        "machines/AddOrRemoveTagForMultipleMachines",
        {**TAG, "MachineIds": ["d1"]},
        404,
    ),
    (Resource.DEFENDER_XDR, "get", "incidents", None, {"value": []}),
    (Resource.DEFENDER_XDR, "get", "incidents/41", None, 404),
    (Resource.DEFENDER_XDR, "patch", "incidents/41", WISH, 404),
    (Resource.SIEM, "get", "feeds", None, {"value": []}),
    (Resource.DEFENDER, "get", "nothing", None, 404),
)
SCOPES: Final = {
    Resource.SIEM: ("Alerts.Fetch",),
    Resource.DEFENDER: ("Alert.ReadWrite", "Machine.ReadWrite"),
    Resource.DEFENDER_XDR: ("Incident.ReadWrite",),
}


def _send(method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
    send = getattr(Client(), method)
    if body is None:
        return send(f"/api/{path}", headers=headers)
    return send(f"/api/{path}", body, content_type="application/json", headers=headers)


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("kind", GrantKind)
@pytest.mark.parametrize(("resource", "method", "path", "body", "expected"), TABLE)
def test_nothing_of_another_tenant(
    cast: Cast, resource: Resource, method: str, path: str, body: Any, expected: Any, kind: GrantKind
) -> None:
    """The customer has what is asked for; the token is of the other tenant, which has nothing."""
    import_all(cast.customer, [graph_incident(full_alert())])
    customer = speak(cast, Resource.SIEM)
    read(customer.get("/api/alerts"))
    other = speak(cast, resource, tenant=cast.other, program=customer.program)
    headers = other.headers()
    if kind == GrantKind.DELEGATED:
        let_in(other.program, cast.other, *delegated_permissions(resource, *SCOPES[resource]))
        outsider = cast.user("outsider", cast.other)
        headers = other.program.header(cast.other, resource, *SCOPES[resource], user=outsider)

    response = _send(method, path, body, headers)
    if isinstance(expected, int):
        assert response.status_code == expected
        absent = _send(
            method, path.replace("da1", "zz9").replace("d1", "z1").replace("41", "99"), body, headers
        )
        assert _without_ids(read(absent)) == _without_ids(read(response))
        return
    found = read(response)
    if isinstance(found, dict):
        found.pop("@odata.context", None)
    assert found == expected


def _without_ids(body: Any) -> Any:
    return {name: value for name, value in body["error"].items() if name != "target"}


def test_the_table_has_every_address() -> None:
    known = {path for *_, path, _, _ in TABLE}
    named = {
        str(pattern.pattern)
        .replace("<str:external_id>", "da1")
        .replace("<str:machine_id>", "d1")
        .replace("<str:incident_id>", "41")
        .replace("<path:rest>", "nothing")
        for pattern in addresses
    }

    # What everybody may read.
    assert named == known | {"openapi.json"}


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(("resource", "method", "path", "body", "_"), TABLE)
def test_nothing_with_the_token_of_another_api_or_once_it_is_not_let_in(
    cast: Cast, resource: Resource, method: str, path: str, body: Any, _: Any
) -> None:
    import_all(cast.customer, [graph_incident(full_alert())])
    program = speak(cast, resource)
    graph = speak(cast, Resource.GRAPH, "SecurityAlert.ReadWrite.All", program=program.program)
    foreign = _send(method, path, body, graph.headers())
    headers = program.headers()
    application = program.program.application
    application.disabled_at = application.created_at
    application.save()

    if path != "feeds":
        assert foreign.status_code == 401
    assert _send(method, path, body, headers).status_code == 401


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
@pytest.mark.parametrize("how", ["consent withdrawn", "guest removed", "expired"])
def test_nothing_once_the_token_has_ended(cast: Cast, settings: Any, how: str) -> None:
    settings.RATE_LIMITS = dict.fromkeys(Family, Limit(0, 0))
    import_all(cast.customer, [graph_incident(full_alert())])
    for resource in SCOPES:
        headers = _end(cast, resource, how)
        for _, method, path, body, _ in [asked for asked in TABLE if asked[0] == resource]:
            response = _send(method, path, body, headers)
            if response.status_code not in {401, 403}:
                # An address that is not there; and the program's own ledger, in which nothing stands now.
                assert (path, response.status_code, response.getvalue()) in (
                    ("nothing", 404, response.getvalue()), ("feeds", 200, EMPTY),
                )  # fmt: skip


def _end(cast: Cast, resource: Resource, how: str) -> dict[str, str]:
    """What a program sends whose token was good, until this happened."""
    if how == "guest removed":
        speaker = speak(cast, resource)
        let_in(speaker.program, cast.customer, *delegated_permissions(resource, *SCOPES[resource]))
        guest = join_as_guest(cast.enter("admin"), cast.accounts["outsider"])
        headers = speaker.program.header(cast.customer, resource, *SCOPES[resource], user=guest)
        remove_user(cast.enter("admin"), guest.id)
        return headers
    with standing_at(NOW - timedelta(hours=2) if how == "expired" else NOW):
        speaker = speak(cast, resource)
        headers = speaker.headers()
        if resource == Resource.SIEM:
            read(speaker.get("/api/alerts"))
    if how == "consent withdrawn":
        principal = find_principal(cast.customer.id, speaker.program.application.client_id)
        assert principal is not None
        grants = Grant.objects.of_tenant(cast.customer.id).filter(service_principal_id=principal.id)
        scope = operator_of(cast.customer, Permission.CONSENT_GRANT)
        withdraw_consent(scope, principal.id, [grant.id for grant in grants])
    return headers
