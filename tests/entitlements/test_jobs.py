"""The jobs themselves: each finds by an index, does a little, and lets no fault keep others waiting."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, days
from tests.entitlements.offering import by_user, offer_to_provider
from tidegate.config.schedule import JOBS
from tidegate.core.clock import standing_at
from tidegate.entitlements import jobs
from tidegate.entitlements.actions.lifecycle import attend_assignment
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import Assignment, AssignmentRequest, Notice, RequestStage
from tidegate.entitlements.rules import ExpirationRule, StageRule
from tidegate.entitlements.words import ExpirationType

pytestmark = pytest.mark.usefixtures("now")

NAMES = (
    "attend_assignments",
    "attend_guests",
    "deny_overdue_requests",
    "call_waiting_alternates",
    "begin_due_reviews",
    "apply_ended_reviews",
)
WEEK = ExpirationRule(ExpirationType.AFTER_DURATION, days(7))


def give(cast: Cast, name: str, package: str) -> UUID:
    policy = offer_to_provider(cast, name=package, expiration=WEEK)
    request = request_access(cast.actor(name), policy.tenant_id, policy.package_id, policy.id)
    assert request.assignment_id is not None
    return request.assignment_id


def test_every_job_is_in_the_schedule() -> None:
    assert set(NAMES) <= {job.work.__name__ for job in JOBS}
    assert all(name in vars(jobs) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_without_work_a_job_asks_little(cast: Cast, name: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert getattr(jobs, name)() is False
    # PostgreSQL reads what may be long through a cursor.
    selects = [query["sql"] for query in asked if "SELECT " in query["sql"]]
    assert len(selects) == (2 if name == "attend_assignments" else 1)


@pytest.mark.parametrize(
    ("name", "index"),
    [
        ("attend_assignments", "assignment_attended"),
        ("attend_assignments", "assignment_ending"),
        ("attend_guests", "governed_attended"),
        ("call_waiting_alternates", "stage_escalating"),
        ("apply_ended_reviews", "review_open"),
    ],
)
def test_what_is_due_is_found_by_an_index(cast: Cast, name: str, index: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads small tables whole, whatever indexes there are.")
    with CaptureQueriesContext(connection) as asked:
        getattr(jobs, name)()
    plans = []
    for sql in [query["sql"] for query in asked if query["sql"].startswith("SELECT")]:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
            plans += [str(row) for row in cursor.fetchall()]
    assert any(index in plan for plan in plans)


def test_a_fault_in_one_piece_keeps_no_other_waiting_and_is_tried_again_later(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = give(cast, "boss", "Bad")
    give(cast, "helper", "Good")
    real = attend_assignment

    def attend(tenant_id: Any, assignment_id: Any) -> bool:
        if assignment_id == bad:
            raise ZeroDivisionError
        return real(tenant_id, assignment_id)

    monkeypatch.setattr(jobs, "attend_assignment", attend)
    assert jobs.attend_assignments() is True
    assert jobs.attend_assignments() is False
    looks = dict(Assignment.objects.of_tenant(cast.customer.id).values_list("id", "attend_at"))
    assert looks.pop(bad) == NOW + timedelta(hours=1)
    assert list(looks.values()) == [NOW + days(6)]


def test_a_database_that_went_away_is_no_fault_of_the_piece(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = give(cast, "boss", "One")

    def attend(_tenant_id: Any, _assignment_id: Any) -> bool:
        raise OperationalError

    monkeypatch.setattr(jobs, "attend_assignment", attend)
    with pytest.raises(OperationalError):
        jobs.attend_assignments()
    assert Assignment.objects.of_tenant(cast.customer.id).get(id=row).attend_at == NOW


def test_a_request_that_was_canceled_holds_up_no_overdue_one(cast: Cast) -> None:
    stage = StageRule((by_user(cast.user("member")),), time_limit=days(2))
    for number, name in enumerate(("boss", "helper", "lead")):
        policy = offer_to_provider(cast, name=f"Package {number}", stages=(stage,))
        request_access(cast.actor(name), policy.tenant_id, policy.package_id, policy.id)
    first = AssignmentRequest.objects.of_tenant(cast.customer.id).order_by("created_at", "id").first()
    assert first is not None
    AssignmentRequest.objects.of_tenant(cast.customer.id).filter(id=first.id).update(state="canceled")
    with standing_at(NOW + days(2)):
        assert jobs.deny_overdue_requests() is True
        assert jobs.deny_overdue_requests() is False
    states = AssignmentRequest.objects.of_tenant(cast.customer.id).values_list("state", flat=True)
    assert sorted(states) == ["canceled", "denied", "denied"]
    assert RequestStage.objects.of_tenant(cast.customer.id).filter(state="expired").count() == 2


def test_no_mail_of_one_tenant_names_another(cast: Cast) -> None:
    give(cast, "boss", "One")
    with standing_at(NOW + days(8)):
        while jobs.attend_assignments() or jobs.attend_guests():
            pass
    notices = Notice.objects.across_tenants()
    assert {notice.tenant_id for notice in notices} == {cast.customer.id}
    assert not any(str(cast.other.id) in str(notice.values) for notice in notices)
