"""What hangs on hidden devices is hidden: everywhere the same, for one tenant and over many."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, START, Cast, make_cast
from tests.incidents.hiding import DEVICES, Queue, let_analyst_into_other, queues, write_queue
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.devices.queries import DeviceFilter, find_machine, get_device, list_devices
from tidegate.gate.opening import open_many
from tidegate.incidents import queries, queue, statistics
from tidegate.incidents.actions import changes, comments
from tidegate.incidents.device_queries import incidents_on
from tidegate.incidents.filters import Filter
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.words import OPEN_ALERT, OPEN_INCIDENT, Severity

ALL = Filter()
slow = settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
)


def host(device: object) -> str:
    return str(device).partition(".")[0]


def names(rows: Iterable[Any]) -> list[str]:
    return sorted(map(host, rows))


def seen_rows(full: Scope, made: Queue) -> tuple[list[Alert], list[Incident]]:
    """What an unrestricted reader is given, without what should be hidden."""
    ids = {alert.id for alert in made.seen()}
    alerts = [alert for alert in queries.list_alerts(full, ALL) if alert.external_id in ids]
    seen = {alert.incident_id for alert in alerts}
    return alerts, [incident for incident in queries.list_incidents(full, ALL) if incident.id in seen]


class TestHiding(TestCase):
    @slow
    @given(queues())
    def test_lists_and_counts_leave_out_what_is_hidden(self, made: Queue) -> None:
        with standing_at(NOW):
            full, part = open_both(make_cast(), made)
            alerts, incidents = seen_rows(full, made)
            visible = made.named() - made.hidden_devices
            assert names(list_devices(part, DeviceFilter())) == sorted(visible)
            assert set(queries.list_alerts(part, ALL)) == set(alerts)
            assert set(queries.list_incidents(part, ALL)) == set(incidents)
            check_counts(part, alerts, incidents)
            check_statistics(part, alerts, incidents)

    @slow
    @given(queues())
    def test_an_incident_shows_what_is_seen_of_it(self, made: Queue) -> None:
        with standing_at(NOW):
            full, part = open_both(make_cast(), made)
            alerts, incidents = seen_rows(full, made)
            for incident in queries.list_incidents(full, ALL):
                if incident in incidents:
                    check_incident(part, made, incident, [a for a in alerts if a.incident_id == incident.id])
                else:
                    check_hidden_incident(part, incident)
            check_related(full, part, incidents)

    @slow
    @given(queues())
    def test_an_alert_tells_nothing_of_hidden_devices(self, made: Queue) -> None:
        with standing_at(NOW):
            full, part = open_both(make_cast(), made)
            seen = {alert.id: alert for alert in made.seen()}
            for alert in made.alerts:
                whole = queries.get_alert(full, alert.id)
                if alert.id not in seen:
                    check_hidden_alert(part, alert.id)
                    continue
                shown = queries.get_alert(part, alert.id)
                evidence = list(queries.evidence_of(part, alert=shown))
                texts = [shown.document, shown.raw, *(row.body + row.name for row in evidence)]
                assert mentioned(texts) == alert.devices - made.hidden_devices
                if not alert.devices & made.hidden_devices:
                    assert (shown.document, shown.raw) == (whole.document, whole.raw)
                    assert evidence == list(queries.evidence_of(full, alert=whole))

    @slow
    @given(queues())
    def test_a_device_shows_what_names_it(self, made: Queue) -> None:
        with standing_at(NOW):
            full, part = open_both(make_cast(), made)
            open_alerts = queue.count_open_alerts_on(full, list_devices(full, DeviceFilter()))
            for device in list_devices(full, DeviceFilter()):
                if host(device) in made.hidden_devices:
                    refuses(partial(get_device, part, device.id))
                    assert find_machine(part, device.dns_name) is None
                    assert not queries.alerts_on(part, device)
                    assert not incidents_on(part, device)
                    assert queue.count_open_alerts_on(part, [device]) == {}
                    continue
                assert get_device(part, device.id) == device
                assert list(queries.alerts_on(part, device)) == list(queries.alerts_on(full, device))
                assert list(incidents_on(part, device)) == list(incidents_on(full, device))
                counted = queue.count_open_alerts_on(part, [device])
                assert counted.get(device.id) == open_alerts.get(device.id)

    @slow
    @given(queues(), queues(), st.sampled_from([0, 200]))
    def test_many_tenants_agree_with_each_of_them(self, one: Queue, other: Queue, at_most: int) -> None:
        with standing_at(NOW), patch("tidegate.gate.sight.NAMED_AT_MOST", at_most):
            cast = make_cast()
            write_queue(cast.enter("admin"), cast.customer, one, "Tier 1")
            write_queue(let_analyst_into_other(cast), cast.other, other, "Tier 1")
            scopes = [cast.enter("analyst", tenant) for tenant in (cast.customer, cast.other)]
            hides = [bool(made.restricted - made.opened) for made in (one, other)]
            assert [scope.sight.hides for scope in scopes] == hides
            check_agreement(cast, scopes)


def open_both(cast: Cast, made: Queue) -> tuple[Scope, Scope]:
    """Who sees everything, and who does not."""
    write_queue(cast.enter("admin"), cast.customer, made, "Tier 1")
    write_queue(
        cast.enter("outsider", cast.other), cast.other, Queue(made.alerts, made.restricted, frozenset()), ""
    )
    return cast.enter("admin"), cast.enter("analyst")


def refuses(call: Callable[[], object]) -> None:
    with pytest.raises(NotFound):
        call()


def mentioned(texts: Iterable[str]) -> set[str]:
    """The devices that any of these texts tells of."""
    text = "\n".join(texts)
    return {device for device in DEVICES if device in text}


def check_counts(part: Scope, alerts: list[Alert], incidents: list[Incident]) -> None:
    open_incidents = [row for row in incidents if row.status in OPEN_INCIDENT]
    open_alerts = [row for row in alerts if row.status in OPEN_ALERT]
    assert queries.count_open(part) == queries.OpenCounts(len(open_incidents), len(open_alerts))
    views = queue.count_views(part)
    assert (views.unassigned, views.high) == (
        len(open_incidents),
        sum(row.severity == Severity.HIGH for row in open_incidents),
    )
    assert queue.newest_incident_id(part) == max((row.id for row in incidents), default=None)
    assert queue.newest_alert_id(part) == max((row.id for row in alerts), default=None)
    assert queue.count_newer(queries.list_alerts(part, ALL), None) == len(alerts)
    assert queue.open_categories(part) == sorted({row.category for row in open_incidents})
    assert queue.last_alert_at(part) == max((row.last_activity_at for row in alerts), default=None)
    numbers = [row.number for row in incidents]
    assert [row.number for row in queue.list_numbered(part, [*range(10), 801, 802])] == sorted(numbers)
    for alert in alerts:
        found = queries.list_alerts(part, Filter(text=alert.title))
        assert list(found) == [alert]
    by_source = queries.list_incidents(part, Filter(source="microsoftDefenderForIdentity"))
    assert set(by_source) == set(incidents)


def check_statistics(part: Scope, alerts: list[Alert], incidents: list[Incident]) -> None:
    open_now = [row for row in incidents if row.status in OPEN_INCIDENT]
    by_severity = Counter(row.severity for row in open_now)
    days = statistics.count_alerts_by_day(part, START).values()
    assert sum(map(Counter, days), Counter()) == Counter(row.severity for row in alerts)
    assert sum(map(Counter, statistics.count_open_by_age(part, NOW)), Counter()) == by_severity
    categories = statistics.count_open_by_category(part, 99)
    assert {name for name, _ in categories} == {row.category for row in open_now}
    assert statistics.find_unowned(part).number == by_severity[Severity.HIGH]
    resolved = [row for row in incidents if row.resolved_at]
    times = statistics.measure_times(part, START).values()
    assert sum(len(each.resolve) for each in times) == len(resolved)
    assert statistics.count_open_at(part, NOW) == len(open_now)


def check_incident(part: Scope, made: Queue, whole: Incident, alerts: list[Alert]) -> None:
    ids = {alert.external_id for alert in alerts}
    own = [alert for alert in made.seen() if alert.id in ids]
    devices = frozenset().union(*(alert.devices for alert in own)) - made.hidden_devices
    people = frozenset().union(*(alert.people for alert in own))
    shown = queries.get_incident(part, whole.number)
    (listed,) = queue.list_numbered(part, [whole.number])
    for row in (shown, listed):
        assert (row.alert_count, row.device_count, row.identity_count) == (
            len(own), len(devices), len(people),
        )  # fmt: skip
    assert set(queries.alerts_of(part, whole)) == set(alerts)
    assert names(queries.devices_of(part, whole)) == sorted(devices)
    found = [str(one).partition("@")[0] for one in queries.identities_of(part, whole)]
    assert sorted(found) == sorted(people)
    said = {comment.text for comment in queries.comments_of(part, whole)}
    assert said == {f"Said of {alert.id}." for alert in own}
    bodies = [row.body for row in queries.evidence_of(part, incident=whole)]
    assert mentioned(bodies) == devices
    assert mentioned([shown.raw]) <= devices
    gone = {alert.id for alert in made.alerts} - {alert.id for alert in made.seen()}
    for alert_id in gone:
        assert alert_id not in shown.raw
        assert f"Title of {alert_id}." != shown.display_name


def check_hidden_incident(part: Scope, incident: Incident) -> None:
    number = incident.number
    refuses(lambda: queries.get_incident(part, number))
    refuses(lambda: comments.comment_incident(part, number, "I guess"))
    refuses(lambda: changes.set_incident_status(part, number, "resolved"))
    refuses(lambda: changes.assign_incident(part, number, user_id=part.entry.user_id))
    refuses(lambda: changes.tag_incident(part, number, ["guess"]))
    refuses(lambda: changes.classify_incident(part, number, "unknown", "unknown"))
    assert not queries.list_incidents(part, Filter(text=incident.display_name))


def check_hidden_alert(part: Scope, external_id: str) -> None:
    refuses(lambda: queries.get_alert(part, external_id))
    refuses(lambda: comments.comment_alert(part, external_id, "I guess"))
    refuses(lambda: changes.set_alert_status(part, external_id, "resolved"))
    refuses(lambda: changes.assign_alert(part, external_id, user_id=part.entry.user_id))
    refuses(lambda: changes.classify_alert(part, external_id, "unknown", "unknown"))
    assert not queries.list_alerts(part, Filter(text=external_id))
    assert not queries.list_alerts(part, Filter(text=f"Title of {external_id}."))


def check_related(full: Scope, part: Scope, incidents: list[Incident]) -> None:
    """Related by what is seen, and no further than what is related in truth."""
    for incident in incidents:
        things = things_of(part, incident)
        expected = {row for row in incidents if row != incident and things & things_of(part, row)}
        related = set(queries.related_incidents(part, incident))
        assert related == expected
        assert related <= set(queries.related_incidents(full, incident))


def things_of(scope: Scope, incident: Incident) -> set[object]:
    return {*queries.devices_of(scope, incident), *queries.identities_of(scope, incident)}


def check_agreement(cast: Cast, scopes: list[Scope]) -> None:
    incidents = open_many(cast.actor("analyst"), Permission.INCIDENT_READ)
    alerts = open_many(cast.actor("analyst"), Permission.ALERT_READ)
    assert set(queries.list_incidents(incidents, ALL)) == each(scopes, queries.list_incidents)
    assert set(queries.list_alerts(alerts, ALL)) == each(scopes, queries.list_alerts)
    shown = {row.pk: counts_of(row) for row in queries.page_incidents(incidents, ALL, "").rows}
    for scope in scopes:
        for row in queries.page_incidents(scope, ALL, "").rows:
            assert shown.pop(row.pk) == counts_of(row)
    assert shown == {}
    check_tenants(incidents, scopes)
    at_once = statistics.count_open_at(incidents, NOW)
    assert at_once == sum(statistics.count_open_at(scope, NOW) for scope in scopes)
    days = [count_days(scope) for scope in scopes]
    assert count_days(alerts) == days[0] + days[1]
    unowned = [statistics.find_unowned(scope).number for scope in scopes]
    assert statistics.find_unowned(incidents).number == sum(unowned)


def count_days(scope: Scope | ManyScope) -> Counter[object]:
    found = statistics.count_alerts_by_day(scope, START).items()
    return Counter({(day, word): number for day, counts in found for word, number in counts.items()})


def each(scopes: list[Scope], query: Callable[..., Iterable[Any]]) -> set[Any]:
    return {row for scope in scopes for row in query(scope, ALL)}


def counts_of(row: Incident) -> tuple[object, ...]:
    return row.alert_count, row.device_count, row.identity_count, row.display_name


def check_tenants(many: ManyScope, scopes: list[Scope]) -> None:
    """What the list of customers says of each tenant is what the tenant's own pages say."""
    ids = [scope.tenant_id for scope in scopes]
    counts, last = queries.count_open_by_tenant(many), statistics.last_alerts(many, ids)
    oldest = statistics.oldest_unassigned(many, ids)
    for scope in scopes:
        rows = list(queries.list_incidents(scope, ALL))
        waiting = [row for row in rows if row.status in OPEN_INCIDENT]
        assert Counter(counts.get(scope.tenant_id, {})) == Counter(row.severity for row in waiting)
        assert last.get(scope.tenant_id) == max((row.last_activity_at for row in rows), default=None)
        assert oldest.get(scope.tenant_id) == min((row.created_at for row in waiting), default=None)
