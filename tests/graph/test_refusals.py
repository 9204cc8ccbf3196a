"""Every address of Graph with every kind of token that must not open it: nothing is told, nothing done."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.applications import Program, app_permissions, let_in, make_program, operator_of
from tests.cast import NOW, Cast
from tests.graph.security.queue import WRITES, fill_queues
from tests.graph.speaking import Said, Speaker, speak, speak_for
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.directory.actions.applications import disable_application
from tidegate.directory.actions.consents import withdraw_consent
from tidegate.directory.actions.users import block_user
from tidegate.directory.applications import find_principal
from tidegate.directory.models import Grant
from tidegate.graph.description.parts import all_operations
from tidegate.incidents.models import Alert, Comment, Incident

type Spoil = Callable[[Cast, Program], Mapping[str, str]]

# A body that each call would take, were it let.
BODIES: Final[Mapping[str, Any]] = {"PATCH": {"status": "inProgress"}, "POST": {"comment": "x"}}
SECURITY: Final = [
    (each.method, each.path.strip("/").replace("{alert-id}", "da1").replace("{incident-id}", "41"))
    for each in all_operations()
    if each.path.startswith("/security/")
]


def _absent(_cast: Cast, _program: Program) -> Mapping[str, str]:
    return {}


def _damaged(cast: Cast, program: Program) -> Mapping[str, str]:
    header = program.header(cast.customer, Resource.GRAPH, *WRITES)["Authorization"]
    return {"Authorization": header[:-8] + header[-8:].swapcase()}


def _of_another_api(cast: Cast, program: Program) -> Mapping[str, str]:
    return program.header(cast.customer, Resource.SIEM, "Alerts.Fetch.All")


def _expired(cast: Cast, program: Program) -> Mapping[str, str]:
    with standing_at(NOW - timedelta(hours=2)):
        return program.header(cast.customer, Resource.GRAPH, *WRITES)


def _withdrawn(cast: Cast, program: Program) -> Mapping[str, str]:
    header = program.header(cast.customer, Resource.GRAPH, *WRITES)
    principal = find_principal(cast.customer.id, program.application.client_id)
    assert principal is not None
    grants = Grant.objects.of_tenant(cast.customer.id).filter(service_principal_id=principal.id)
    scope = operator_of(cast.customer, Permission.CONSENT_GRANT)
    withdraw_consent(scope, principal.id, [grant.id for grant in grants])
    return header


def _disabled(cast: Cast, program: Program) -> Mapping[str, str]:
    header = program.header(cast.customer, Resource.GRAPH, *WRITES)
    scope = operator_of(cast.provider, Permission.APPLICATION_MANAGE)
    disable_application(scope, program.application.id)
    return header


def _blocked_person(cast: Cast, program: Program) -> Mapping[str, str]:
    header = speak_for(cast, cast.user("analyst"), *WRITES, program=program).header
    block_user(cast.enter("admin"), cast.user("analyst").id)
    return header


def _without_permission(cast: Cast, program: Program) -> Mapping[str, str]:
    return program.header(cast.customer, Resource.GRAPH, "Organization.Read.All")


def _person_without_a_role(cast: Cast, program: Program) -> Mapping[str, str]:
    return speak_for(cast, cast.user("helper"), *WRITES, program=program).header


SPOILS: Final[Mapping[str, tuple[Spoil, int]]] = {
    "absent": (_absent, 401),
    "damaged": (_damaged, 401),
    "of another API": (_of_another_api, 401),
    "expired": (_expired, 401),
    "of a disabled application": (_disabled, 401),
    "of a blocked person": (_blocked_person, 401),
    "withdrawn": (_withdrawn, 403),
    "without the permission": (_without_permission, 403),
    "of a person without a role": (_person_without_a_role, 403),
}


@pytest.fixture
def queue(cast: Cast, now: None) -> Cast:
    fill_queues(cast)
    return cast


def ask(header: Mapping[str, str], program: Program, method: str, path: str) -> Said:
    return Speaker(program, dict(header))._say(method, path, BODIES.get(method))


def everything() -> list[Any]:
    changed = [list(model._base_manager.order_by("pk").values()) for model in (Alert, Incident, Comment)]
    done = AuditEvent.rows.exclude(tag__in=["access.refused"]).filter(tag__startswith="alert")
    return [*changed, list(done.values_list("sequence", "tag"))]


@pytest.mark.parametrize("spoiled", SPOILS)
def test_token_that_opens_nothing(queue: Cast, spoiled: str) -> None:
    spoil, status = SPOILS[spoiled]
    program = make_program(queue)
    let_in(program, queue.customer, *app_permissions(Resource.GRAPH, *WRITES, "Organization.Read.All"))
    header, before = spoil(queue, program), everything()
    for method, path in SECURITY:
        said = ask(header, program, method, path)
        assert (method, path, said.status) == (method, path, status)
        assert said.body["error"].keys() == {"code", "message", "innerError"}
        assert "Odd sign-in" not in str(said.body)
    assert everything() == before


@pytest.mark.parametrize("as_person", [False, True])
def test_token_of_another_tenant_finds_what_is_absent(cast: Cast, now: None, *, as_person: bool) -> None:
    """The other tenant has nothing: each answer is that of a tenant in which such things never were."""
    program = speak(cast, *WRITES, tenant=cast.other).program
    header = program.header(cast.other, Resource.GRAPH, *WRITES)
    if as_person:
        header = speak_for(cast, cast.user("outsider", cast.other), *WRITES, program=program).header
    # What hunting finds, and what is sent in, have tests of their own.
    own = ("HuntingQuery", "alerts_v2")
    calls = [(method, path) for method, path in SECURITY if method == "GET" or not path.endswith(own)]
    empty = [ask(header, program, method, path) for method, path in calls]
    fill_queues(cast)
    for model in (Comment, Alert, Incident):
        model.objects.of_tenant(cast.other.id).delete()
    before = everything()
    for (method, path), without in zip(calls, empty, strict=True):
        said = ask(header, program, method, path)
        assert (said.status, _told(said)) == (without.status, _told(without)), (method, path)
        assert said.status == 404 or not _value(said)
    assert everything() == before


def _told(said: Said) -> object:
    return said.code if said.status >= 400 else said.body


def _value(said: Said) -> object:
    return said.body["value"] if isinstance(said.body, dict) else said.body.strip("0")
