"""A world of many tenants: a provider with four people, and customers whose queues have power-law sizes.

Written straight into the product's tables, as its actions would have left them, because ten million alerts
would take them a day. The same seed and size give the same world, but for the ids of the four accounts.

`python -m tools.bench.many_world DATABASE --tenants N --alerts M` fills an installation's database to which
`describe_provider` was applied: a PostgreSQL URL, or the path of an SQLite file.
"""

import argparse
import itertools
import json
import random
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tools.bench.bulk import Bulk, Row, open_bulk

SEED: Final = 20_260_302
HOME_ID: Final = uuid.UUID("7d9f0f4e-3a36-4b0d-9c1e-6f2b8d5a1d01")
DOMAIN: Final = "watch.example"
PASSWORD: Final = "a password for measuring only"  # noqa: S105  of a world that lives for minutes
REACHES: Final = (1, 10, 1_000, 10_000)
"""How many customers each of the four people may enter; never more than there are."""

_DAYS: Final = 90
_BLOCK: Final = 10_000
_READERS: Final = "Provider analysts"
_BUILT_IN: Final = (
    "Global Administrator", "Security Administrator", "Security Reader", "Tier 1 Analyst", "Tier 2 Analyst",
)  # fmt: skip
_SEVERITIES: Final = (1, 2, 3, 4)
_SEVERITY_WEIGHTS: Final = (40, 70, 90, 100)
_CATEGORIES: Final = (
    "Malware", "InitialAccess", "Persistence", "Exfiltration", "SuspiciousActivity", "CredentialAccess",
    "LateralMovement", "Ransomware",
)  # fmt: skip
_SOURCES: Final = ("microsoftDefenderForEndpoint", "microsoftDefenderForIdentity", "microsoft365Defender")
_FURTHER_ALERTS: Final = (0, 1, 3, 7, 24)
_FURTHER_WEIGHTS: Final = (50, 70, 85, 95, 100)

MEMBERSHIP_COLUMNS: Final = ("tenant_id", "id", "starts_at", "group_id", "user_id")
ASSIGNMENT_COLUMNS: Final = (
    "tenant_id", "id", "starts_at", "role_id", "built_in_role", "group_id", "user_id",
)  # fmt: skip
ALERT_COLUMNS: Final = (
    "tenant_id", "id", "severity", "assigned_to", "assigned_user_id", "classification", "determination",
    "created_at", "last_update_at", "first_activity_at", "last_activity_at", "version", "external_id",
    "incident_id", "title", "status", "category", "service_source", "detection_source", "resolved_at",
    "source_updated_at", "source_format", "source_hashes", "document", "raw",
)  # fmt: skip
INCIDENT_COLUMNS: Final = (
    "tenant_id", "id", "severity", "assigned_to", "assigned_user_id", "classification", "determination",
    "created_at", "last_update_at", "first_activity_at", "last_activity_at", "version", "number",
    "external_id", "display_name", "description", "status", "category", "custom_tags", "system_tags",
    "redirect_external_id", "is_derived", "alert_count", "device_count", "identity_count", "resolved_at",
    "acknowledged_at", "source_updated_at", "source_hashes", "extra", "raw", "waits",
)  # fmt: skip


@dataclass(frozen=True)
class ManySize:
    """How many customers and alerts there are; incidents are a third to a quarter of the alerts."""

    tenants: int
    alerts: int


def address_of(reach: int) -> str:
    """Who may enter so many customers."""
    return f"reaches{reach}@{DOMAIN}"


def describe_provider() -> str:
    """The manifest of the provider's own tenant: an administrator, and the four people."""
    people = [("admin", "Ada Watch", ["Global Administrator"])]
    people += [(f"reaches{reach}", f"Watcher of {reach}", []) for reach in REACHES]
    users = [
        {"email": f"{name}@{DOMAIN}", "display_name": full, "password": PASSWORD, "roles": roles}
        for name, full, roles in people
    ]
    tenant = {"id": str(HOME_ID), "display_name": "Watch Ltd", "domains": [DOMAIN], "users": users}
    return json.dumps({"version": 1, "tenants": [tenant]})


def tenant_id(rank: int) -> uuid.UUID:
    """The id of the customer with this rank by size, from 0 for the largest."""
    return uuid.UUID(int=_mix(rank) | 1, version=4)


def fill_many(database: str, size: ManySize, now: datetime | None = None) -> None:
    """Write the world. About 25,000 alerts a second on PostgreSQL, half of that time for indexes."""
    end = (now or datetime.now(UTC)).replace(tzinfo=None)
    with open_bulk(database) as bulk:
        accounts = {
            reach: bulk.one("accounts_account", "id", "email", address_of(reach)) for reach in REACHES
        }
        _fill_directory(bulk, size, accounts, end)
        with bulk.without_indexes("incidents_alert", "incidents_incident"):
            for incidents, alerts in _queue_blocks(size, end):
                bulk.write("incidents_incident", INCIDENT_COLUMNS, incidents)
                bulk.write("incidents_alert", ALERT_COLUMNS, alerts)
        bulk.analyze()


def add_users(database: str, tenants: int, numbers: range, now: datetime | None = None) -> None:
    """Write more users of each customer: every second by a group of theirs, the others assigned the role."""
    begin = str((now or datetime.now(UTC)).replace(tzinfo=None) - timedelta(days=_DAYS + 1))
    entering = [
        (tid, number) for tid in (tenant_id(rank).hex for rank in range(tenants)) for number in numbers
    ]
    with open_bulk(database) as bulk:
        bulk.write(
            "directory_user",
            ("tenant_id", "id", "starts_at", "user_type", "user_principal_name", "display_name", "mail",
             "external_user_state", "created_at"),
            (
                (tid, part_of(tid, 100 + number), begin, "member", f"user{number}@{tid[:12]}.example",
                 f"User {number}", f"user{number}@{tid[:12]}.example", "Accepted", begin)
                for tid, number in entering
            ),
        )  # fmt: skip
        bulk.write(
            "directory_groupmembership",
            MEMBERSHIP_COLUMNS,
            (
                (tid, part_of(tid, 1_100 + number), begin, part_of(tid, 20), part_of(tid, 100 + number))
                for tid, number in entering
                if number % 2
            ),
        )
        bulk.write(
            "directory_roleassignment",
            ASSIGNMENT_COLUMNS,
            (
                (tid, part_of(tid, 2_100 + number), begin, *role_of(tid), None, part_of(tid, 100 + number))
                for tid, number in entering
                if not number % 2
            ),
        )
        bulk.analyze("directory_user", "directory_groupmembership", "directory_roleassignment")


def reached(reach: int, tenants: int) -> list[int]:
    """The ranks of the customers that one of the four may enter: the largest, and others by chance."""
    chance = random.Random(SEED + reach)  # noqa: S311  the same every time
    # Else pages of one customer would be full in a large world and empty in a small one.
    return [0, *sorted(chance.sample(range(1, tenants), min(reach, tenants) - 1))]


def _mix(number: int) -> int:
    """A number of 128 bits that looks like chance, the same every time (splitmix64, twice)."""
    halves = []
    for step in (1, 2):
        z = (number * 2 + step) * 0x9E3779B97F4A7C15 & (1 << 64) - 1
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & (1 << 64) - 1
        z = (z ^ z >> 27) * 0x94D049BB133111EB & (1 << 64) - 1
        halves.append(z ^ z >> 31)
    return halves[0] << 64 | halves[1]


def _fill_directory(bulk: Bulk, size: ManySize, accounts: dict[int, str], end: datetime) -> None:
    begin = str(end - timedelta(days=_DAYS + 1))
    tenants = [tenant_id(rank).hex for rank in range(size.tenants)]
    bulk.write(
        "directory_tenant",
        ("id", "display_name", "country", "data_location", "technical_contact", "privacy_contact",
         "privacy_statement_url", "created_at", "is_discoverable"),
        ((tid, f"Customer {_mix(rank) % 90_000 + 10_000} {rank:05d}", "NL", "", "", "", "", begin, "0")
         for rank, tid in enumerate(tenants)),
    )  # fmt: skip
    bulk.write(
        "directory_domain",
        ("name", "is_default", "verification_code", "verified_at", "created_at", "tenant_id"),
        ((f"customer{rank}.example", "1", "", begin, begin, tid) for rank, tid in enumerate(tenants)),
    )
    bulk.write(
        "directory_role",
        ("tenant_id", "id", "display_name", "description", "is_built_in", "role_permissions"),
        (
            (tid, part_of(tid, 1 + number), name, "", "1", "")
            for tid in tenants
            for number, name in enumerate(_BUILT_IN)
        ),
    )
    bulk.write(
        "directory_group",
        ("tenant_id", "id", "display_name", "description", "created_at", "eligible_role_ids",
         "seen_device_group_ids"),
        ((tid, part_of(tid, 20), _READERS, "", begin, "[]", "[]") for tid in tenants),
    )  # fmt: skip
    _fill_people(bulk, size, accounts, tenants, begin)


def _fill_people(
    bulk: Bulk, size: ManySize, accounts: dict[int, str], tenants: list[str], begin: str
) -> None:
    """The four as guests. Half of the customers give the role to a group of theirs, half to each guest."""
    entering = [
        (place, tenants[rank], rank, reach)
        for place, reach in enumerate(REACHES)
        for rank in reached(reach, size.tenants)
    ]
    bulk.write(
        "directory_user",
        ("tenant_id", "id", "starts_at", "user_type", "user_principal_name", "display_name", "mail",
         "external_user_state", "created_at", "last_entered_at", "account_id"),
        (
            (tid, part_of(tid, 30 + place), begin, "guest",
             f"reaches{reach}_{DOMAIN}#EXT#@customer{rank}.example", f"Watcher of {reach}",
             address_of(reach), "Accepted", begin, begin, accounts[reach])
            for place, tid, rank, reach in entering
        ),
    )  # fmt: skip
    bulk.write(
        "directory_groupmembership",
        MEMBERSHIP_COLUMNS,
        (
            (tid, part_of(tid, 40 + place), begin, part_of(tid, 20), part_of(tid, 30 + place))
            for place, tid, rank, _ in entering
            if rank % 2
        ),
    )
    assigned: Iterator[Row] = itertools.chain(
        ((tid, part_of(tid, 50), begin, *role_of(tid), part_of(tid, 20), None) for tid in tenants[1::2]),
        (
            (tid, part_of(tid, 60 + place), begin, *role_of(tid), None, part_of(tid, 30 + place))
            for place, tid, rank, _ in entering
            if not rank % 2
        ),
    )
    bulk.write("directory_roleassignment", ASSIGNMENT_COLUMNS, assigned)


def role_of(tid: str) -> tuple[str, str]:
    """The id and the name of the role that everybody has in a tenant: a first tier's."""
    return part_of(tid, 4), _BUILT_IN[3]


def part_of(tid: str, number: int) -> str:
    """The id of a row of the directory of a tenant."""
    return f"00000000{number:04x}7000{tid[12:16]}{tid[20:]}"


def _queue_blocks(size: ManySize, end: datetime) -> Iterator[tuple[list[Row], list[Row]]]:
    """Incidents with their alerts, in the order in which they came in, some ten thousand at a time."""
    chance = random.Random(SEED)  # noqa: S311  the same every time
    tenants = [tenant_id(rank).hex for rank in range(size.tenants)]
    heavy = list(itertools.accumulate(1.0 / (rank + 5) for rank in range(size.tenants)))
    numbers = dict.fromkeys(range(size.tenants), 0)
    begin = end - timedelta(days=_DAYS)
    step = timedelta(days=_DAYS) / size.alerts
    made = 0
    while made < size.alerts:
        incidents: list[Row] = []
        alerts: list[Row] = []
        for rank in chance.choices(range(size.tenants), cum_weights=heavy, k=_BLOCK):
            count = min(
                size.alerts - made, 1 + chance.choices(_FURTHER_ALERTS, cum_weights=_FURTHER_WEIGHTS)[0]
            )
            if not count:
                break
            numbers[rank] += 1
            own = _Incident(tenants[rank], numbers[rank], made / size.alerts, begin + step * made)
            _write_incident(own, count, chance, incidents, alerts)
            made += count
        yield incidents, alerts


@dataclass(slots=True)
class _Incident:
    """One incident to be: `age` is 0 for the first that came in and 1 for the last."""

    tenant: str
    number: int
    age: float
    at: datetime


def _write_incident(
    own: _Incident, count: int, chance: random.Random, incidents: list[Row], alerts: list[Row]
) -> None:
    number = str(own.number)
    incident_id = _uuid7(own.at, chance)
    # Old ones are done with, but for a few that somebody forgot.
    is_open = chance.random() < (0.6 if own.age > 0.97 else 0.02)
    rows = [_alert(own, place, incident_id, chance, is_open=is_open) for place in range(count)]
    alerts += rows
    severity = max(row[2] or "" for row in rows)
    status = chance.choice(("active", "active", "inProgress", "awaitingAction")) if is_open else "resolved"
    last = max(row[10] or "" for row in rows)
    at = str(own.at)
    done = None if is_open else last
    category = rows[0][16] or ""
    incidents.append(
        (
            own.tenant, incident_id, severity, "", None, "unknown", "unknown",
            at, last, at, last, "1", number,
            number, f"{category} incident on several devices, number {number}", "", status, category, "[]",
            "[]", "", "0", str(count), "1", "1", done,
            done, last, "", "{}", "", "[]",
        )
    )  # fmt: skip


def _alert(own: _Incident, place: int, incident_id: str, chance: random.Random, *, is_open: bool) -> Row:
    moment = own.at + timedelta(seconds=place * 97)
    at = str(moment)
    severity = chance.choices(_SEVERITIES, cum_weights=_SEVERITY_WEIGHTS)[0]
    category = chance.choice(_CATEGORIES)
    source = chance.choice(_SOURCES)
    is_done = not is_open or chance.random() < 0.2
    status = "resolved" if is_done else chance.choice(("new", "new", "inProgress"))
    external = f"da{own.number:07d}_{place:02d}"
    title = f"Suspicious process started by {category} tool number {chance.randrange(400)}"
    document = (
        f'{{"id":"{external}","incidentId":"{own.number}","title":"{title}","severity":{severity},'
        f'"category":"{category}","serviceSource":"{source}","createdDateTime":"{at}","description":'
        '"A process was started that is rarely seen on this device, by a tool often misused."}'
    )
    return (
        own.tenant, _uuid7(moment, chance), str(severity), "", None, "unknown", "unknown",
        at, at, at, at, "1", external,
        incident_id, title, status, category, source, source, at if is_done else None,
        at, "graph", "", document, "{}",
    )  # fmt: skip


def _uuid7(moment: datetime, chance: random.Random) -> str:
    millis = int((moment - _EPOCH).total_seconds() * 1000)
    random_bits = chance.getrandbits(74)
    value = millis << 80 | 0x7 << 76 | (random_bits >> 62) << 64 | 0x2 << 62 | random_bits & (1 << 62) - 1
    return f"{value:032x}"


_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  all moments here are naive, and UTC


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill a database from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--alerts", type=int, default=1_000_000)
    chosen = parser.parse_args(arguments)
    begun = time.monotonic()
    fill_many(chosen.database, ManySize(chosen.tenants, chosen.alerts))
    print(f"{chosen.alerts:,} alerts in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
