"""A program of the provider, let into the customer and the other tenant, and what it may see there."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.applications import Program, app_permissions, let_in, make_program
from tests.cast import Cast, import_all
from tests.connectors.samples import graph_alert, graph_incident
from tidegate.authorization.api_permissions import Resource
from tidegate.directory.models import Tenant, User

VALUES = ("SecurityAlert.ReadWrite.All", "SecurityIncident.ReadWrite.All")


@dataclass
class Graph:
    """The program at work: calls of one tenant's Graph, by address below the version."""

    client: Client
    cast: Cast
    program: Program
    tenant: Tenant

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a call with an app-only token of the tenant."""
        return self.send(method, path, body, self.token(), **headers)

    def token(self, tenant: Tenant | None = None, *values: str, user: User | None = None) -> str:
        return self.program.token(tenant or self.tenant, Resource.GRAPH, *(values or VALUES), user=user)

    def send(self, method: str, path: str, body: Any, token: str, **headers: str) -> Any:
        sent = {"Authorization": f"Bearer {token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        call: Callable[..., Any] = getattr(self.client, method.lower())
        address = path if path.startswith("http") else f"/v1.0/{path}"
        if method == "GET":
            return call(address, headers=sent)
        return call(address, body, content_type="application/json", headers=sent)

    def get(self, path: str, **headers: str) -> Any:
        """The JSON of a successful GET."""
        response = self.call("GET", path, **headers)
        assert response.status_code == 200, response.content
        return load(response)


def load(response: Any) -> Any:
    """The JSON of an answer, streamed or not."""
    return json.loads(response.getvalue())


@pytest.fixture
def graph(client: Client, cast: Cast, now: None) -> Graph:
    """The program in the customer, whose queue holds three alerts in two incidents; the other's looks alike."""
    program = make_program(cast)
    for tenant in (cast.customer, cast.other, cast.provider):
        let_in(program, tenant, *app_permissions(Resource.GRAPH, *VALUES))
    for tenant in (cast.customer, cast.other):
        import_all(tenant, RECORDS)
    import_all(cast.other, [graph_alert(id="only-theirs", incidentId="77")])
    return Graph(client, cast, program, cast.customer)


DAY = "2026-03-0{}T10:00:00Z"
RECORDS = [
    graph_incident(
        graph_alert(createdDateTime=DAY.format(1)),
        graph_alert(id="da2", severity="high", status="inProgress", createdDateTime=DAY.format(2)),
        createdDateTime=DAY.format(1),
    ),
    graph_incident(
        graph_alert(
            id="da3", incidentId="42", severity="low", serviceSource="antivirus", createdDateTime=DAY.format(3)
        ),
        id="42",
        status="awaitingAction",
        createdDateTime=DAY.format(3),
        comments=[{"comment": "Told", "createdByDisplayName": "Eve", "createdDateTime": DAY.format(4)}],
    ),
    graph_incident(id="50", status="redirected", redirectIncidentId="41", createdDateTime=DAY.format(1)),
]
