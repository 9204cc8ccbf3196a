"""Whatever our own descriptions allow is answered as they say: never a fault, never in another form.

Schemathesis makes the requests, a few for each call and the same ones each time, and as many with bodies that
the description does not allow. As often as not keys are those of things that are there, and nothing is
filtered.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.applications import Program, app_permissions, let_in, make_program
from tests.cast import Cast
from tests.feeds.receiving import put_in_place
from tests.graph.everything import Names, fill_everything
from tests.siem.programs import ROLES
from tidegate.authorization.api_permissions import Resource
from tidegate.feeds.limits import Limit
from tidegate.feeds.words import Family
from tidegate.siem.description.operations import OPERATIONS

pytestmark = pytest.mark.slow

GRAPH_ROLES: Final = (
    "SecurityAlert.ReadWrite.All", "SecurityIncident.ReadWrite.All", "Organization.Read.All",
    "User.ReadWrite.All", "GroupMember.ReadWrite.All", "User.Invite.All", "Directory.Read.All",
    "CrossTenantInformation.ReadBasic.All", "EntitlementManagement.ReadWrite.All", "AuditLog.Read.All",
)  # fmt: skip
# What any call may answer besides its own success.
REFUSALS: Final = frozenset({400, 403, 404, 409, 412})
NUMBERS: Final = frozenset({"$top", "$skip", "$count", "limit"})
# What the description does not allow may be that there is no token.
EXPECTED: Final = {GenerationMode.POSITIVE: REFUSALS, GenerationMode.NEGATIVE: REFUSALS | {401}}
CHECKS: Final = [not_a_server_error, content_type_conformance, response_schema_conformance]
FEW: Final = settings(
    max_examples=4,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def program(cast: Cast, now: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program that may do everything in the customer."""
    settings.RATE_LIMITS = dict.fromkeys(Family, Limit(0, 0))
    put_in_place(monkeypatch)
    made = make_program(cast)
    for resource, roles in {Resource.GRAPH: GRAPH_ROLES, **ROLES}.items():
        let_in(made, cast.customer, *app_permissions(resource, *roles))
    return made


@pytest.fixture
def application() -> Iterator[WSGIHandler]:
    """The whole product, on the test's own connection: a server would give it back after each request."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def names(cast: Cast, program: Program) -> Names:
    found = fill_everything(cast, program.application.client_id)
    return {**found, "machine-id": "d1"}


@pytest.mark.parametrize("part", ["security", "packages", "governance", "audit", "directory"])
def test_graph_answers_as_it_is_described(
    cast: Cast, application: WSGIHandler, program: Program, names: Names, part: str
) -> None:
    headers = program.header(cast.customer, Resource.GRAPH, *GRAPH_ROLES)
    schema = load(application, "/v1.0")

    assert [fault for each in of_part(schema, part) for fault in faults(each, headers, names)] == []


@pytest.mark.parametrize("resource", [Resource.SIEM, Resource.DEFENDER, Resource.DEFENDER_XDR])
def test_defender_answers_as_it_is_described(
    cast: Cast, application: WSGIHandler, program: Program, names: Names, resource: Resource
) -> None:
    headers = program.header(cast.customer, resource, *ROLES[resource])
    schema = load(application, "/api")
    meant = {(each.method, each.path) for each in OPERATIONS if resource in each.apis}
    served = [each for each in operations(schema) if (each.method.upper(), each.path) in meant]

    assert len(served) == len(meant)
    assert [fault for each in served for fault in faults(each, headers, names)] == []


def load(application: WSGIHandler, root: str) -> Any:
    """The description that is served below this path, which its own address of servers is relative to."""
    config = schemathesis.Config.from_dict({"base-url": f"http://testserver{root}"})
    return schemathesis.openapi.from_wsgi(f"{root}/openapi.json", application, config=config)


def operations(schema: Any) -> Iterator[Any]:
    for result in schema.get_all_operations():
        yield result.ok()


def of_part(schema: Any, part: str) -> Iterator[Any]:
    """The calls of a part of Graph."""
    governance = "/identityGovernance/entitlementManagement/"
    starts = {
        "/security/": "security",
        f"{governance}a": "packages",
        governance: "governance",
        "/auditLogs/": "audit",
    }
    for each in operations(schema):
        found = (name for start, name in starts.items() if each.path.startswith(start))
        if next(found, "directory") == part:
            yield each


def faults(operation: Any, headers: Mapping[str, str], names: Names) -> list[str]:
    """What is wrong with the answers to the requests that are made for a call."""
    succeeds = {int(status) for status in operation.definition.raw["responses"] if status != "default"}
    found: list[str] = []

    def ask(case: Any, *, is_known: bool, expected: frozenset[int]) -> None:
        if is_known:
            case.path_parameters = {**case.path_parameters, **known(case.path_parameters, names)}
            # Texts made up at random are no conditions: what is left can succeed.
            case.query = {name: value for name, value in case.query.items() if name in NUMBERS}
        # What calls the application without a server in between reads nothing that is compressed.
        response = case.call(headers={**headers, "Accept-Encoding": "identity"})
        if response.status_code not in succeeds | expected:
            found.append(f"{response.status_code} {response.text[:200]}: {case.as_curl_command()}")
            return
        try:
            case.validate_response(response, checks=CHECKS)
        except BaseExceptionGroup as wrong:
            said = "; ".join(str(each) for each in wrong.exceptions)
            found.append(f"{said}: {case.as_curl_command()}")

    for mode, expected in EXPECTED.items():
        if mode == GenerationMode.NEGATIVE and not list(operation.body):
            continue
        cases, known_or_not = operation.as_strategy(generation_mode=mode), some.booleans()
        FEW(given(case=cases, is_known=known_or_not, expected=some.just(expected))(ask))()
    return found


def known(parameters: Mapping[str, Any], names: Names) -> dict[str, str]:
    return {name: names[name] for name in parameters if name in names}
