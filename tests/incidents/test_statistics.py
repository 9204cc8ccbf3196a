from datetime import date, datetime, timedelta

import pytest

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert, graph_incident
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Forbidden
from tidegate.gate.opening import open_many
from tidegate.incidents.actions.changes import assign_incident
from tidegate.incidents.statistics import (
    count_alerts_by_day,
    count_open_at,
    count_open_by_age,
    count_open_by_category,
    find_unowned,
    last_alerts,
    measure_times,
    median,
    oldest_unassigned,
    percentile_90,
)
from tidegate.incidents.words import Severity

pytestmark = pytest.mark.usefixtures("now")


def told(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def incident(number: int, ago: timedelta, *, severity: str = "high", **changes: object) -> dict[str, object]:
    """An incident made some time before `NOW`, with one alert of that moment."""
    at = told(NOW - ago)
    times = {"createdDateTime": at, "lastUpdateDateTime": at}
    alert = graph_alert(
        id=f"al{number}",
        incidentId=str(number),
        severity=severity,
        category="Execution",
        firstActivityDateTime=at,
        lastActivityDateTime=at,
        **times,
    )
    defaults: dict[str, object] = {
        "severity": severity,
        "status": "active",
        "assignedTo": None,
        "comments": [],
    }
    return graph_incident(alert, id=str(number), **{**times, **defaults, **changes})


@pytest.fixture
def queue(cast: Cast) -> Cast:
    """Three of the customer's, one of them resolved after two hours; and one of somebody else."""
    import_all(
        cast.customer,
        [
            incident(1, timedelta(minutes=30)),
            incident(2, timedelta(days=2), severity="low"),
            incident(
                3,
                timedelta(days=3),
                status="resolved",
                lastUpdateDateTime=told(NOW - timedelta(days=3) + timedelta(hours=2)),
            ),
        ],
    )
    import_all(cast.other, [incident(1, timedelta(minutes=5), severity="medium")])
    return cast


def test_alerts_are_counted_by_day_and_severity(queue: Cast) -> None:
    found = count_alerts_by_day(queue.enter("analyst"), NOW - timedelta(days=2, hours=12))

    assert found == {
        date(2026, 3, 8): {Severity.LOW: 1},
        date(2026, 3, 10): {Severity.HIGH: 1},
    }


def test_open_incidents_are_counted_by_age(queue: Cast) -> None:
    groups = count_open_by_age(queue.enter("analyst"), NOW)

    totals = [sum(group.values()) for group in groups]
    assert totals == [1, 0, 0, 0, 1, 0, 0]


def test_an_incident_exactly_at_a_border_is_in_one_group_only(cast: Cast) -> None:
    import_all(cast.customer, [incident(1, timedelta(hours=1)), incident(2, timedelta(days=7))])

    totals = [sum(group.values()) for group in count_open_by_age(cast.enter("analyst"), NOW)]

    assert sum(totals) == 2
    assert totals == [0, 1, 0, 0, 0, 0, 1]


def test_open_incidents_are_counted_by_category(queue: Cast) -> None:
    assert count_open_by_category(queue.enter("analyst"), 5) == [
        ("Execution", {Severity.HIGH: 1, Severity.LOW: 1})
    ]


def test_high_without_owner_until_somebody_takes_it(queue: Cast) -> None:
    scope = queue.enter("analyst")
    unowned = find_unowned(scope)
    assert (unowned.number, unowned.oldest) == (1, NOW - timedelta(minutes=30))

    assign_incident(scope, 1, user_id=scope.entry.user_id)

    unowned = find_unowned(scope)
    assert (unowned.number, unowned.oldest) == (0, None)


def test_times_are_those_of_the_day_an_incident_was_made(queue: Cast) -> None:
    times = measure_times(queue.enter("analyst"), NOW - timedelta(days=10))

    assert list(times) == [date(2026, 3, 7)]
    assert times[date(2026, 3, 7)].resolve == (7200.0,)


def test_open_at_an_earlier_moment(queue: Cast) -> None:
    scope = queue.enter("analyst")

    assert count_open_at(scope, NOW) == 2
    assert count_open_at(scope, NOW - timedelta(days=1)) == 1
    assert count_open_at(scope, NOW - timedelta(days=3) + timedelta(hours=1)) == 1
    assert count_open_at(scope, NOW - timedelta(days=4)) == 0


def test_over_many_tenants_only_those_in_reach(queue: Cast) -> None:
    analyst = open_many(queue.actor("analyst"), Permission.INCIDENT_READ)
    outsider = open_many(queue.actor("outsider"), Permission.INCIDENT_READ)
    stranger = open_many(queue.actor("stranger"), Permission.INCIDENT_READ)

    ids = [queue.customer.id, queue.other.id]
    assert set(last_alerts(analyst, ids)) == {queue.customer.id}
    assert oldest_unassigned(analyst, ids) == {queue.customer.id: NOW - timedelta(days=2)}
    assert set(last_alerts(outsider, ids)) == {queue.other.id}
    assert last_alerts(stranger, ids) == {}


def test_without_the_permission_nothing_is_counted(queue: Cast) -> None:
    scope = queue.enter("member")

    for count in (find_unowned, lambda one: count_open_by_age(one, NOW), lambda one: count_open_at(one, NOW)):
        with pytest.raises(Forbidden):
            count(scope)


@pytest.mark.parametrize(
    ("values", "middle", "nine_of_ten"),
    [
        ((), None, None),
        ((3.0,), 3.0, 3.0),
        ((1.0, 2.0), 1.5, 2.0),
        (tuple(float(n) for n in range(1, 11)), 5.5, 9.0),
        (tuple(float(n) for n in range(20, 0, -1)), 10.5, 18.0),
    ],
)
def test_median_and_90th_percentile(
    values: tuple[float, ...], middle: float | None, nine_of_ten: float | None
) -> None:
    assert median(values) == middle
    assert percentile_90(values) == nine_of_ten
