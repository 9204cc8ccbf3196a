"""`tid`: one call over every tenant that consented, and over nobody else's."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest

from tests.applications import app_permissions, let_in, make_program, operator_of
from tests.cast import NOW, Cast, import_all
from tests.graph.security.queue import WRITES, alert, fill_queues
from tests.graph.security.test_alerts import follow
from tests.graph.speaking import Speaker, speak, speak_for
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.directory.actions.consents import withdraw_consent
from tidegate.directory.applications import find_principal
from tidegate.directory.models import Grant, Tenant
from tidegate.incidents.models import Alert

LIST = "security/alerts_v2"


@pytest.fixture
def queue(cast: Cast, now: None) -> Cast:
    fill_queues(cast)
    import_all(cast.provider, [alert(5, id="our-own", incidentId="9")])
    return cast


@pytest.fixture
def home(queue: Cast) -> Speaker:
    """The program with a token of its own tenant, let into the customer and not into the other tenant."""
    speak(queue, *WRITES, tenant=queue.customer, program=(program := make_program(queue)))
    return speak(queue, *WRITES, tenant=queue.provider, program=program)


def tenants(said: Any) -> set[tuple[str, str]]:
    return {(each["tenantId"], each["id"]) for each in said.values}


def pairs(tenant: Tenant, ids: Collection[str]) -> set[tuple[str, str]]:
    return {(str(tenant.id), each) for each in ids}


def test_all_is_every_tenant_that_consented(queue: Cast, home: Speaker) -> None:
    found = pairs(queue.customer, ["da1", "da2", "da3"]) | pairs(queue.provider, ["our-own"])
    assert tenants(home.get(f"{LIST}?tid=all")) == found
    assert home.get(f"{LIST}/$count?tid=all").body == "4"
    let_in(home.program, queue.other, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    theirs = pairs(queue.other, ["da1", "da2", "da3", "only-theirs"])
    assert tenants(home.get(f"{LIST}?tid=all")) == found | theirs
    # Incidents are another permission, which the other tenant did not grant.
    incidents = pairs(queue.customer, ["41", "42", "50"]) | pairs(queue.provider, ["9"])
    assert tenants(home.get("security/incidents?tid=all&$expand=alerts")) == incidents
    assert [alert["id"] for alert in home.get(LIST).values] == ["our-own"]


def test_all_is_paged_by_a_key_and_the_link_keeps_it(queue: Cast, home: Speaker) -> None:
    pages = follow(home, f"{LIST}?tid=all&$top=3&$orderby=createdDateTime asc")
    assert pages == [["da1", "da2", "da3"], ["our-own"]]


def test_tenant_that_withdrew_is_not_among_all_any_more(queue: Cast, home: Speaker) -> None:
    principal = find_principal(queue.customer.id, home.program.application.client_id)
    assert principal is not None
    grants = Grant.objects.of_tenant(queue.customer.id).filter(service_principal_id=principal.id)
    scope = operator_of(queue.customer, Permission.CONSENT_GRANT)
    withdraw_consent(scope, principal.id, [grant.id for grant in grants])
    assert tenants(home.get(f"{LIST}?tid=all")) == pairs(queue.provider, ["our-own"])
    assert home.get(f"{LIST}?tid={queue.customer.id}").code == (403, "Authorization_RequestDenied")


@pytest.mark.parametrize("named", ["id", "domain"])
def test_one_tenant_is_opened_as_with_a_token_of_its_own(queue: Cast, home: Speaker, named: str) -> None:
    tid = str(queue.customer.id) if named == "id" else "customer.example"
    own = speak(queue, *WRITES, program=home.program)
    assert home.get(f"{LIST}?tid={tid}").values == own.get(LIST).values
    assert home.get(f"{LIST}/da1?tid={tid}").body == own.get(f"{LIST}/da1").body
    said = home.patch(f"{LIST}/da1?tid={tid}", {"status": "resolved"})
    assert (said.status, said.body["tenantId"]) == (200, str(queue.customer.id))
    assert home.post(f"security/incidents/41/comments?tid={tid}", {"comment": "x"}).status == 200
    assert Alert.objects.of_tenant(queue.other.id).get(external_id="da1").status == "new"


@pytest.mark.parametrize(
    "tid", ["other", "other.example", "nowhere.example", "00000000-0000-0000-0000-000000000000"]
)
def test_tenant_that_did_not_consent_is_like_one_that_is_not(queue: Cast, home: Speaker, tid: str) -> None:
    where = str(queue.other.id) if tid == "other" else tid
    answers = [
        home.get(f"{LIST}?tid={where}"),
        home.get(f"{LIST}/da1?tid={where}"),
        home.patch(f"{LIST}/da1?tid={where}", {"status": "resolved"}),
        home.get(f"security/incidents/41?tid={where}"),
    ]
    assert {answer.code for answer in answers} == {(404, "ResourceNotFound")}
    assert len({answer.message for answer in answers}) == 1


def test_token_of_a_customer_opens_that_customer_alone(queue: Cast, home: Speaker) -> None:
    theirs = speak(queue, *WRITES, program=home.program)
    for tid in ("all", str(queue.provider.id), "provider.example"):
        assert theirs.get(f"{LIST}?tid={tid}").code == (404, "ResourceNotFound")
    assert theirs.patch(f"{LIST}/our-own?tid={queue.provider.id}", {"status": "new"}).status == 404


def test_home_lends_no_more_than_it_has_itself(queue: Cast, home: Speaker) -> None:
    reader = speak(queue, "SecurityAlert.Read.All", tenant=queue.provider, program=home.program)
    assert reader.get(f"{LIST}?tid=customer.example").status == 200
    said = reader.patch(f"{LIST}/da1?tid=customer.example", {"status": "new"})
    assert said.code == (403, "Authorization_RequestDenied")


def test_person_reaches_the_customers_that_they_may_enter(queue: Cast) -> None:
    boss = speak_for(queue, queue.user("boss", queue.provider), *WRITES)
    program = boss.program
    analyst = speak_for(queue, queue.user("analyst", queue.provider), *WRITES, program=program)
    speak_for(queue, queue.user("analyst"), *WRITES, program=program)
    own = pairs(queue.customer, ["da1", "da2", "da3"])
    # The analyst has a role at the customer's and none at home; with the boss it is the other way round.
    assert tenants(analyst.get(f"{LIST}?tid=all")) == own
    assert tenants(analyst.get(f"{LIST}?tid=customer.example")) == own
    assert tenants(boss.get(f"{LIST}?tid=all")) == pairs(queue.provider, ["our-own"])
    assert boss.get(f"{LIST}?tid=customer.example").code == (404, "ResourceNotFound")


@pytest.mark.parametrize("tid", ["not a domain", "group:mine", "%00"])
def test_tid_that_names_nothing_is_refused(home: Speaker, tid: str) -> None:
    assert home.get(f"{LIST}?tid={tid}").code == (400, "BadRequest")


def test_one_object_is_of_one_tenant(home: Speaker) -> None:
    assert home.get(f"{LIST}/da1?tid=all").code == (400, "BadRequest")


def test_poll_of_all_waits_until_changes_have_settled(queue: Cast, home: Speaker) -> None:
    poll = f"{LIST}?tid=all&$filter=lastUpdateDateTime gt 2026-03-01T00:00:00Z"
    assert home.get(poll).values == []
    with standing_at(NOW + timedelta(seconds=11)):
        assert len(home.get(poll).values) == 4
