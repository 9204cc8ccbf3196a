"""Made-up queues of several tenants, written straight into the tables: many ties, few words."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from hypothesis import strategies as st

from tests.cast import NOW, START, Cast, days, join_as_guest
from tests.incidents.hiding import let_analyst_into_other
from tidegate.accounts.actions import create_account
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import OPERATOR
from tidegate.core.ids import uuid7
from tidegate.devices.models import Device, DeviceGroup
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.tenants import create_tenant
from tidegate.directory.models import Tenant, User
from tidegate.gate.opening import open as open_gate
from tidegate.incidents.models import Alert, Evidence, Incident
from tidegate.incidents.words import AlertStatus, IncidentStatus

TENANTS: Final = 6
REACHED: Final = 4
"""The first four may be entered; of the fifth access has ended, in the sixth it never was."""
HIDDEN_IN: Final = 1
"""In the tenant with this number, what hangs on a restricted device group is hidden."""
NAMES: Final = ("", "me", "other", "free text")
CATEGORIES: Final = ("", "Malware", "phishing")
SOURCES: Final = ("microsoftSentinel", "microsoft365Defender")


@dataclass
class ManyTenants:
    """Tenants in the order of `TENANTS`, the analyst's own user in each, and a device that is hidden."""

    cast: Cast
    tenants: list[Tenant]
    users: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)


@dataclass(frozen=True)
class MadeRow:
    """One alert in an incident of its own; `minute` is when it was made."""

    tenant: int
    minute: int
    severity: int
    status: int
    assigned: str
    category: str
    source: str
    device: str


rows: Final = st.lists(
    st.builds(
        MadeRow,
        tenant=st.integers(0, TENANTS - 1),
        minute=st.integers(0, 3),
        severity=st.integers(2, 4),
        status=st.integers(0, 3),
        assigned=st.sampled_from(NAMES),
        category=st.sampled_from(CATEGORIES),
        source=st.sampled_from(SOURCES),
        device=st.sampled_from(["", "", "seen", "hidden"]),
    ),
    min_size=8,
    max_size=24,
)


def make_tenants(cast: Cast) -> ManyTenants:
    """The customer, the outsider's tenant, and four more."""
    let_analyst_into_other(cast)
    tenants = [cast.customer, cast.other]
    for number in range(2, TENANTS):
        owner = create_account(f"owner{number}@made.example", None, f"Owner {number}")
        cast.accounts[f"owner{number}"] = owner
        tenant = create_tenant(
            OPERATOR, display_name=f"Made {number}", administrator=owner, domain=f"made{number}.example"
        )
        tenants.append(tenant)
        if number < REACHED + 1:
            scope = open_gate(cast.actor(f"owner{number}"), str(tenant.id))
            guest = join_as_guest(scope, cast.accounts["analyst"])
            assign_role(scope, cast.role(BuiltInRole.SECURITY_READER, tenant).id, user_id=guest.id)
    User.rows.filter(tenant=tenants[REACHED], account=cast.accounts["analyst"]).update(ends_at=NOW)
    made = ManyTenants(cast, tenants)
    for user in User.rows.filter(account=cast.accounts["analyst"]):
        made.users[user.tenant_id] = user.id
    for name in ("seen", "hidden"):
        made.devices[name] = _make_device(tenants[HIDDEN_IN], name, is_restricted=name == "hidden")
    return made


def _make_device(tenant: Tenant, name: str, *, is_restricted: bool) -> Device:
    group = DeviceGroup.rows.create(
        tenant=tenant,
        display_name=name,
        rank=7 + is_restricted,
        is_restricted=is_restricted,
        created_at=START,
    )
    return Device.rows.create(
        tenant=tenant, key=name, device_group_id=group.id, first_seen_at=START, last_seen_at=START
    )


def write_rows(made: ManyTenants, rows: Sequence[MadeRow]) -> list[tuple[MadeRow, Alert]]:
    """Write them; gives each with its alert."""
    pairs = list(_make_rows(made, rows))
    Incident.rows.bulk_create(incident for incident, _, _ in pairs)
    Alert.rows.bulk_create(alert for _, alert, _ in pairs)
    Evidence.rows.bulk_create(
        Evidence(
            tenant_id=alert.tenant_id, alert_id=alert.id, position=0, kind="deviceEvidence", key="k",
            name="n", device_id=made.devices[row.device].id, body='{"a":1}',
        )
        for row, (_, alert, _) in zip(rows, pairs, strict=True)
        if row.device and row.tenant == HIDDEN_IN
    )  # fmt: skip
    return [(row, alert) for row, (_, alert, _) in zip(rows, pairs, strict=True)]


def is_seen(row: MadeRow) -> bool:
    """Whether the analyst may see the row."""
    return row.tenant < REACHED and not (row.tenant == HIDDEN_IN and row.device == "hidden")


def _make_rows(made: ManyTenants, rows: Sequence[MadeRow]) -> Iterator[tuple[Incident, Alert, int]]:
    for number, row in enumerate(rows, start=1):
        tenant_id, at = made.tenants[row.tenant].id, NOW - days(1) + timedelta(minutes=row.minute)
        common = {
            "tenant_id": tenant_id,
            "severity": row.severity,
            "category": row.category,
            "created_at": at,
            "last_update_at": at,
            "first_activity_at": at,
            "last_activity_at": at + timedelta(hours=12 * row.minute),
            **_assigned(made, tenant_id, row.assigned),
        }
        incident = Incident(
            **common, number=number, display_name=f"Incident {number}", alert_count=1,
            status=IncidentStatus.values[row.status], source_updated_at=at,
        )  # fmt: skip
        alert = Alert(
            **common, external_id=f"a{number}", incident_id=incident.id, title=f"Alert {number % 3}",
            status=AlertStatus.values[row.status], service_source=row.source, source_updated_at=at,
            source_format="graph", document="{}", raw="{}",
        )  # fmt: skip
        yield incident, alert, number


def _assigned(made: ManyTenants, tenant_id: uuid.UUID, name: str) -> dict[str, object]:
    if name == "me" and tenant_id in made.users:
        return {"assigned_to": "me@x.example", "assigned_user_id": made.users[tenant_id]}
    return {"assigned_to": name, "assigned_user_id": uuid7() if name == "other" else None}
