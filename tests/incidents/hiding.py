"""Made-up queues over made-up device groups, and what somebody who does not see them all should see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st

from tests.cast import Cast, import_all, join_as_guest
from tests.connectors.samples import TYPE, graph_alert, graph_incident
from tests.devices.making import device_evidence, rule
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Scope
from tidegate.devices.actions.device_groups import create_device_group, set_device_group_access
from tidegate.directory.actions.groups import add_member, create_group
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import Tenant
from tidegate.directory.queries import list_groups

GROUPS: Final = ("red", "green", "blue")
DEVICES: Final = ("red-1", "red-2", "green-1", "green-2", "blue-1", "loose-1")
PEOPLE: Final = ("ann", "bob", "cas")


@dataclass(frozen=True)
class MadeAlert:
    """An alert by its place in the queue; `incident` of 0 stands alone."""

    number: int
    incident: int
    devices: frozenset[str]
    people: frozenset[str]
    severity: str
    status: str

    @property
    def id(self) -> str:
        return f"alert-{self.number}"


@dataclass(frozen=True)
class Queue:
    """One tenant's queue, and the groups of devices that its analyst does not see."""

    alerts: tuple[MadeAlert, ...]
    restricted: frozenset[str]
    opened: frozenset[str]

    @property
    def hidden_devices(self) -> frozenset[str]:
        closed = self.restricted - self.opened
        return frozenset(device for device in DEVICES if device.partition("-")[0] in closed)

    def named(self) -> frozenset[str]:
        return frozenset().union(*(alert.devices for alert in self.alerts))

    def seen(self) -> "tuple[MadeAlert, ...]":
        return tuple(a for a in self.alerts if not a.devices or a.devices - self.hidden_devices)

    def alerts_of(self, incident: int) -> tuple[MadeAlert, ...]:
        return tuple(alert for alert in self.alerts if alert.incident == incident)


def subsets(words: Sequence[str], most: int) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(words), max_size=most)


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    number = draw(st.integers(1, 6))
    alerts = tuple(
        MadeAlert(
            place,
            draw(st.sampled_from([0, 0, 801, 801, 802])),
            draw(subsets(DEVICES, 3)),
            draw(subsets(PEOPLE, 2)),
            draw(st.sampled_from(["low", "high"])),
            draw(st.sampled_from(["new", "new", "resolved"])),
        )
        for place in range(number)
    )
    restricted = draw(st.frozensets(st.sampled_from(GROUPS), min_size=1))
    return Queue(alerts, restricted, draw(subsets(GROUPS, 1)))


def write_queue(scope: Scope, tenant: Tenant, queue: Queue, analysts: str) -> None:
    """Make the groups, and take the alerts in; `analysts` is the user group that sees what is opened."""
    by_name = {group.display_name: group.id for group in list_groups(scope)}
    for name in GROUPS:
        made = create_device_group(scope, display_name=name, rules=[rule("name", "startsWith", f"{name}-")])
        if name in queue.restricted:
            seen_by = [by_name[analysts]] if name in queue.opened else []
            set_device_group_access(scope, made.id, group_ids=seen_by, is_restricted=True)
    import_all(tenant, list(_records(queue)))


def let_analyst_into_other(cast: Cast) -> Scope:
    """The outsider's tenant lets the analyst in as well; gives its administrator's scope."""
    scope = cast.enter("outsider", cast.other)
    group = create_group(scope, display_name="Tier 1")
    role = cast.role(BuiltInRole.TIER_1_ANALYST, cast.other)
    assign_role(scope, role.id, group_id=group.id)
    add_member(scope, group.id, join_as_guest(scope, cast.accounts["analyst"]).id)
    return scope


def _records(queue: Queue) -> Iterable[dict[str, Any]]:
    for incident in (801, 802):
        alerts = [_wire(alert, str(incident)) for alert in queue.alerts_of(incident)]
        if alerts:
            yield graph_incident(*alerts, id=str(incident), displayName=f"Incident {incident}")
    yield from (_wire(alert, None) for alert in queue.alerts_of(0))


def _wire(alert: MadeAlert, incident: str | None) -> dict[str, Any]:
    return graph_alert(
        id=alert.id,
        incidentId=incident,
        title=f"Title of {alert.id}.",
        category=f"Category{alert.number}",
        severity=alert.severity,
        status=alert.status,
        firstActivityDateTime=f"2026-03-05T10:{alert.number:02}:00Z",
        lastActivityDateTime=f"2026-03-05T11:{alert.number:02}:00Z",
        comments=[{"comment": f"Said of {alert.id}.", "createdByDisplayName": "Eve"}],
        evidence=[*_evidence(alert)],
    )


def _evidence(alert: MadeAlert) -> Iterable[dict[str, Any]]:
    for device in sorted(alert.devices):
        yield device_evidence(device)
        yield {
            "@odata.type": TYPE + "processEvidence",
            "mdeDeviceId": f"id-{device}",
            "processId": 7,
            "imageFile": {"fileName": f"on-{device}.exe"},
        }
        yield {"@odata.type": TYPE + "nicEvidence", "host": {"hostName": device}, "macAddress": "00"}
    for person in sorted(alert.people):
        account = {"accountName": person, "userPrincipalName": f"{person}@corp.example"}
        yield {"@odata.type": TYPE + "userEvidence", "userAccount": account}
