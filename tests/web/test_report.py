"""Reports of customers: figures that are right, and nothing of anybody else's."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from tests.cast import NOW, Cast, import_all
from tests.customers.making import make_level
from tests.web.conftest import Visitor, text_of
from tests.web.queue_pages import some_incident
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.customers.clocks import Hours, Level, Target
from tidegate.customers.reckoning import Step
from tidegate.incidents.actions.changes import set_incident_status
from tidegate.incidents.reporting.answers import Answered, measure
from tidegate.incidents.words import Severity

type SignIn = Callable[..., Visitor]

MADE = NOW - timedelta(days=2)
NOW_ID = UUID(int=1)


def came_in(cast: Cast, number: int, made: datetime = MADE, **changes: object) -> None:
    at = made.strftime("%Y-%m-%dT%H:%M:%SZ")
    given = {"severity": "high", "status": "active", "comments": [], "createdDateTime": at, **changes}
    for tenant, name in ((cast.customer, f"Incident {number}"), (cast.other, "LEAKED incident")):
        alert = some_incident(number, lastUpdateDateTime=at, **{**given, "displayName": name})
        for one in alert["alerts"]:
            one |= {"createdDateTime": at, "title": name}
        import_all(tenant, [alert])


@pytest.fixture
def agreed(cast: Cast) -> Cast:
    """Gold: an hour to acknowledge, a day to resolve. Of three one is in time, one late, one waits."""
    targets = {"high": {"acknowledge": 60, "resolve": 24 * 60}}
    make_level(cast.provider, "Gold", cast.customer, targets=targets)
    for number in (41, 42, 43):
        came_in(cast, number)
    came_in(cast, 44, made=MADE - timedelta(days=40))
    for minutes, number, status in (
        (30, 41, "inProgress"),
        (90, 42, "inProgress"),
        (60, 43, "awaitingAction"),
        (120, 41, "resolved"),
    ):
        with standing_at(MADE + timedelta(minutes=minutes)):
            set_incident_status(cast.enter("analyst"), number, status)
    return cast


def figures(response: object) -> dict[tuple[str, ...], str]:
    """The rows of the file by section, name, severity and figure."""
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = csv.DictReader(io.StringIO(text))
    return {(row["section"], row["name"], row["severity"], row["figure"]): row["value"] for row in rows}


def test_figures_of_one_customer(agreed: Cast, visit: SignIn) -> None:
    found = figures(visit("analyst").post("/report/export.csv", month="2026-03"))
    assert found["incidents", "", "high", "came_in"] == "3"
    assert found["alerts", "", "high", "came_in"] == "0"
    times = {figure: value for (section, *_rest, figure), value in found.items() if section == "times"}
    assert times["acknowledge_agreed_seconds"] == "3600"
    assert (times["acknowledge_within"], times["acknowledge_missed"]) == ("2", "1")
    assert times["acknowledge_median_seconds"] == "3600.0"
    assert times["acknowledge_p90_seconds"] == "5400.0"
    assert times["acknowledge_percent_within"] == "66"
    # One was resolved; one is still in progress and was due a day ago; one waits, and its clock stands.
    assert (times["resolve_within"], times["resolve_missed"]) == ("1", "1")
    assert found["breaches", "42 Incident 42", "high", "acknowledge_over_seconds"] == "1800"
    assert found["breaches", "42 Incident 42", "high", "resolve_over_seconds"] == "86400"
    assert found["open_at_end", "", "all", "incidents"] == "3"
    assert found["techniques", "T1059.001", "all", "alerts"] == "3"
    assert found["devices", "ws1.customer.example", "all", "alerts"] == "3"
    assert found["awaiting", "43 Incident 43", "high", "since"] == (MADE + timedelta(hours=1)).isoformat()
    assert not [key for key in found if "LEAKED" in str(key)]
    assert AuditEvent.objects.of_tenant(agreed.customer.id).filter(tag="report.exported").count() == 1
    before = figures(visit("analyst").post("/report/export.csv", month="2026-01"))
    assert before["incidents", "", "high", "came_in"] == "1"
    assert before["open_at_end", "", "all", "incidents"] == "1"


def test_page_says_the_same_to_each_as_far_as_they_may_see(agreed: Cast, visit: SignIn) -> None:
    provider = text_of(visit("analyst").get("/report", month="2026-03"))
    assert "service level Gold" in provider
    assert "Missed 2 times" in provider
    assert "42 Incident 42" in provider
    assert "March 2026" in provider
    assert "Access from outside" not in provider
    customer = text_of(visit("admin").get("/report"))
    assert "Gold" not in customer
    assert "service level provider.example" in customer
    assert "Missed 2 times" in customer
    assert "Access from outside" in customer
    assert "analyst@provider.example" in customer
    for page in (provider, customer):
        assert "LEAKED" not in page
    assert visit("member").get("/report").status_code == 403
    assert visit("outsider").get("/report").status_code == 404
    other = text_of(visit("outsider", agreed.other).get("/report"))
    assert "LEAKED incident" not in other
    assert "no service level agreed" in other


def test_several_customers_have_a_row_each(agreed: Cast, visit: SignIn) -> None:
    everywhere = Visitor(visit("analyst").client, "all")
    page = text_of(everywhere.get("/report", month="2026-03"))
    assert f"{agreed.customer.display_name} Gold 3 3" in page
    assert agreed.other.display_name not in page
    response = everywhere.post("/report/export.csv", month="2026-03")
    rows = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    ours = next(row for row in rows if row["tenant_id"] == str(agreed.customer.id))
    assert (ours["incidents"], ours["missed"], ours["acknowledge_percent_within"]) == ("3", "2", "66")
    assert str(agreed.other.id) not in {row["tenant_id"] for row in rows}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"month": "2026-13"}, "month"),
        ({"month": "2027-01"}, "month"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ({"from": "2024-01-01", "to": "2026-03-01"}, "to"),
        ({"from": "", "to": "2026-03-01"}, "from"),
    ],
)
def test_what_is_no_period_is_refused(visit: SignIn, asked: dict[str, str], field: str) -> None:
    page = visit("analyst").get("/report", **asked)
    assert page.status_code == 400
    assert field in text_of(page)


def test_business_time_is_what_is_measured() -> None:
    week = (((540, 1020),),) * 5 + ((),) * 2
    level = Level(NOW_ID, "Office", {"high": Target(60, None)}, Hours("UTC", week))
    friday = datetime(2026, 3, 6, 16, 30, tzinfo=UTC)
    monday = datetime(2026, 3, 9, 9, 20, tzinfo=UTC)
    one = Answered(NOW_ID, 1, Severity.HIGH, "inProgress", friday, monday, None)
    step = measure([one], level, NOW).total[Step.ACKNOWLEDGE]
    assert (step.seconds, step.within, step.missed) == ([50 * 60.0], 1, 0)
    plain = measure([one], None, NOW).total[Step.ACKNOWLEDGE]
    assert (plain.seconds, plain.percent) == ([(monday - friday).total_seconds()], None)
