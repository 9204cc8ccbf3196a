"""Whatever the order and the batches: one tenant, one incident for each alert, and reasons that hold."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, import_all, make_cast
from tests.incidents.correlating import made, together
from tidegate.core.clock import standing_at
from tidegate.directory.models import Tenant
from tidegate.incidents.actions.correlation import set_correlation
from tidegate.incidents.correlation.keeping import keys_of
from tidegate.incidents.correlation.rules import Rules
from tidegate.incidents.models import Alert, Correlation, CorrelationKind, Incident
from tidegate.incidents.words import OPEN_INCIDENT

drawn = st.lists(
    st.tuples(
        st.frozensets(st.sampled_from(["pc-1", "pc-2", "pc-3"]), max_size=2),
        st.frozensets(st.sampled_from(["ann", "bob"]), max_size=1),
        st.sampled_from([0, 1, 20, 26, 47, 90]),
        st.sampled_from(["new", "new", "resolved"]),
        st.booleans(),
    ),
    min_size=2,
    max_size=9,
)


def batches(records: list[Any], sizes: Sequence[int]) -> Iterator[list[Any]]:
    rest = list(records)
    for size in (*sizes, len(rest)):
        if rest[:size]:
            yield rest[:size]
        rest = rest[size:]


class TestAnyOrder(TestCase):
    @settings(
        max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
    )
    @given(drawn, st.lists(st.integers(1, 4), max_size=5), st.integers(0, 99), st.integers(2, 5))
    def test_every_incident_is_of_one_tenant_and_every_reason_holds(
        self, told: list[Any], sizes: list[int], seed: int, largest: int
    ) -> None:
        with standing_at(NOW):
            cast = make_cast()
            records = [
                made(f"{place}", *devices, users=[*users], hours=hours, status=status)
                for place, (devices, users, hours, status, _) in enumerate(told)
            ]
            named = [
                made(f"s{place}", *devices, users=[*users], hours=hours, incidentId="900")
                for place, (devices, users, hours, _, is_named) in enumerate(told)
                if is_named
            ]
            random.Random(seed).shuffle(records)  # noqa: S311  the same every time
            for tenant, who in ((cast.customer, "admin"), (cast.other, "outsider")):
                scope = cast.enter(who, tenant)
                set_correlation(scope, kinds=[*CorrelationKind], window_hours=24, largest=largest)
            for some in batches([*named, *records], sizes):
                import_all(cast.customer, some)
            for record in records:
                import_all(cast.other, [record])
            # However it is cut into batches, the same order comes to the same.
            alone = {group for group in together(cast.customer) if not any(n[0] == "s" for n in group)}
            assert alone == together(cast.other)
            for tenant in (cast.customer, cast.other):
                check(tenant, Rules(largest=largest))


def check(tenant: Tenant, rules: Rules) -> None:
    """No incident is too large, and all but one of its alerts have a reason that is true of both."""
    alerts = {row.id: row for row in Alert.objects.of_tenant(tenant.id)}
    reasons = {row.alert_id: row for row in Correlation.objects.of_tenant(tenant.id)}
    for incident in Incident.objects.of_tenant(tenant.id):
        inside = [row for row in alerts.values() if row.incident_id == incident.id]
        assert len(inside) == incident.alert_count
        if incident.external_id:
            assert not any(row.id in reasons for row in inside)
            continue
        assert len(inside) <= rules.largest
        (first,) = [row for row in inside if row.id not in reasons]
        assert first.incident_id == incident.id
        is_open = any(row.status == "new" for row in inside)
        assert (incident.status in OPEN_INCIDENT) == is_open
        for row in inside:
            if row.id != first.id:
                check_reason(alerts, row, reasons[row.id], rules)


def check_reason(alerts: dict[Any, Alert], row: Alert, told: Correlation, rules: Rules) -> None:
    other = alerts[told.other_id]
    assert other.incident_id == row.incident_id == told.incident_id
    assert other.id < row.id
    assert {told.value} <= {key.value for key in keys_of(row)} & {key.value for key in keys_of(other)}
    apart = abs(row.first_activity_at - other.first_activity_at)
    assert apart <= rules.window
    assert apart == timedelta(seconds=told.seconds_apart)
