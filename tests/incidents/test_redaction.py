"""What is shown of what is only partly seen: names, counts, sources, and what it costs to find out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, import_all
from tests.connectors.samples import graph_alert, graph_incident
from tests.devices.making import device_evidence, hide, make_alerts
from tidegate.core.errors import NotFound
from tidegate.incidents import queries
from tidegate.incidents.actions.changes import assign_incident, set_incident_status
from tidegate.incidents.filters import Filter
from tidegate.incidents.models import Alert, Incident

pytestmark = pytest.mark.usefixtures("now")

ALL = Filter()


@pytest.fixture
def hidden(cast: Cast) -> Cast:
    hide(cast, "srv")
    return cast


def numbers(cast: Cast, name: str) -> list[int]:
    return sorted(row.number for row in queries.list_incidents(cast.enter(name), ALL))


def unnamed_incident(cast: Cast) -> Incident:
    """Two alerts name an incident that its source never told of: the first is about a hidden device."""
    first = graph_alert(
        id="a1", title="Secret title", firstActivityDateTime="2026-03-01T09:00:00Z",
        evidence=[device_evidence("srv-1")],
    )  # fmt: skip
    second = graph_alert(
        id="a2", title="Plain title", firstActivityDateTime="2026-03-01T10:00:00Z",
        evidence=[device_evidence("pc-1")],
    )  # fmt: skip
    import_all(cast.customer, [first, second])
    return Incident.rows.get(number=41, tenant=cast.customer)


def test_an_incident_is_called_after_the_first_alert_seen(hidden: Cast) -> None:
    assert unnamed_incident(hidden).display_name == "Secret title"
    # Somebody's work on it does not give it a name.
    assign_incident(hidden.enter("admin"), 41, user_id=hidden.user("lead").id)
    analyst = hidden.enter("analyst")
    assert queries.get_incident(analyst, 41).display_name == "Plain title"
    (listed,) = queries.page_incidents(analyst, ALL, "").rows
    assert listed.display_name == "Plain title"
    (alert,) = queries.page_alerts(analyst, ALL, "").rows
    assert alert.incident.display_name == "Plain title"
    assert not queries.list_incidents(analyst, Filter(text="secret"))
    assert queries.list_incidents(analyst, Filter(text="plain"))
    assert queries.get_incident(hidden.enter("admin"), 41).display_name == "Secret title"


def test_what_is_left_of_an_alert_that_moved_is_not_seen(hidden: Cast) -> None:
    alone = graph_alert(id="a1", title="Secret title", incidentId=None, evidence=[device_evidence("srv-1")])
    import_all(hidden.customer, [alone])
    moved = {**alone, "incidentId": "77", "lastUpdateDateTime": "2026-03-03T10:00:00Z"}
    import_all(hidden.customer, [graph_incident(moved, id="77")])
    assert len(numbers(hidden, "admin")) == 2
    assert numbers(hidden, "analyst") == []


def test_an_incident_without_alerts_is_seen(hidden: Cast) -> None:
    import_all(hidden.customer, [graph_incident(id="55")])
    assert numbers(hidden, "analyst") == [55]


def test_resolving_leaves_alone_what_is_not_seen(hidden: Cast) -> None:
    make_alerts(hidden.customer, {"a1": ("srv-1",), "a2": ("pc-1",), "a3": ("srv-1", "pc-1"), "a4": ()})
    set_incident_status(hidden.enter("analyst"), 41, "resolved")
    statuses = dict(Alert.rows.values_list("external_id", "status"))
    assert statuses == {"a1": "new", "a2": "resolved", "a3": "resolved", "a4": "resolved"}


def test_a_change_keeps_the_evidence_that_its_actor_did_not_see(hidden: Cast) -> None:
    make_alerts(hidden.customer, {"a3": ("srv-1", "pc-1")})
    set_incident_status(hidden.enter("analyst"), 41, "resolved")
    whole = queries.get_alert(hidden.enter("admin"), "a3")
    assert "srv-1" in whole.document
    assert "srv-1" in whole.raw
    part = queries.get_alert(hidden.enter("analyst"), "a3")
    assert "srv-1" not in part.document
    assert part.raw == ""


def test_the_source_of_what_is_wholly_seen_is_shown(hidden: Cast) -> None:
    make_alerts(hidden.customer, {"a2": ("pc-1",)}, incident="42")
    make_alerts(hidden.customer, {"a3": ("srv-1", "pc-1")}, incident="43")
    analyst = hidden.enter("analyst")
    assert queries.get_incident(analyst, 42).raw
    assert queries.get_incident(analyst, 43).raw == ""


def test_another_tenants_administrator_sees_none_of_it(hidden: Cast) -> None:
    make_alerts(hidden.customer, {"a1": ("srv-1",)})
    with pytest.raises(NotFound):
        queries.get_incident(hidden.enter("outsider", hidden.other), 41)


def test_a_page_costs_the_same_however_many_rows_are_partly_seen(hidden: Cast) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert queries.page_incidents(analyst, ALL, "").rows
            assert queries.page_alerts(analyst, ALL, "").rows
        return len(statements)

    analyst = hidden.enter("analyst")
    make_alerts(hidden.customer, {"a1": ("srv-1", "pc-1")}, incident="41")
    before = count()
    for number in range(50, 53):
        make_alerts(hidden.customer, {f"a{number}": ("srv-1", "pc-1")}, incident=str(number))
    assert count() == before
