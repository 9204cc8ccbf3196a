"""Analysts who may each enter every one of ten thousand customers, for measuring open pages."""

import hashlib
import json
import uuid
from typing import Final

from tools.bench.bulk import open_bulk
from tools.bench.many_world import (
    ASSIGNMENT_COLUMNS,
    HOME_ID,
    MEMBERSHIP_COLUMNS,
    PASSWORD,
    ManySize,
    address_of,
    describe_provider,
    fill_many,
    part_of,
    tenant_id,
)

ANALYSTS: Final = 25
ALERTS: Final = 20_000
_ROLE: Final = "Tier 1 Analyst"


def describe_watchers() -> str:
    """The manifest of the provider, with the analysts."""
    described = json.loads(describe_provider())
    described["tenants"][0]["users"] += [
        {"email": analyst(n), "display_name": f"Analyst {n}", "password": PASSWORD, "roles": []}
        for n in range(ANALYSTS)
    ]
    return json.dumps(described)


def analyst(number: int) -> str:
    """Who one of the analysts is."""
    return address_of(number).replace("reaches", "analyst")


def fill_live(database: str, tenants: int) -> None:
    """Write the customers, their queues, and the analysts as guests of each, through a group there."""
    fill_many(database, ManySize(tenants, ALERTS))
    ids = [tenant_id(rank) for rank in range(tenants)]
    begin = "2026-01-01 00:00:00"
    with open_bulk(database) as bulk:
        accounts = [bulk.one("accounts_account", "id", "email", analyst(n)) for n in range(ANALYSTS)]
        everybody = [(tid.hex, n) for tid in ids for n in range(ANALYSTS)]
        bulk.write(
            "directory_user",
            ("tenant_id", "id", "starts_at", "user_type", "user_principal_name", "display_name", "mail",
             "external_user_state", "created_at", "last_entered_at", "account_id"),
            (
                (tid, part_of(tid, 100 + n), begin, "guest", f"analyst{n}#EXT#@{tid}.example", f"Analyst {n}",
                 analyst(n), "Accepted", begin, begin, accounts[n])
                for tid, n in everybody
            ),
        )  # fmt: skip
        bulk.write(
            "directory_groupmembership",
            MEMBERSHIP_COLUMNS,
            (
                (tid, part_of(tid, 200 + n), begin, part_of(tid, 20), part_of(tid, 100 + n))
                for tid, n in everybody
            ),
        )
        bulk.write(
            "directory_roleassignment",
            ASSIGNMENT_COLUMNS,
            (
                (
                    tid.hex,
                    part_of(tid.hex, 300),
                    begin,
                    part_of(tid.hex, 4),
                    _ROLE,
                    part_of(tid.hex, 20),
                    None,
                )
                for tid in ids[0::2]
            ),
        )
        bulk.write(
            "audit_chainhead",
            ("tenant_id", "sequence", "hash", "seal"),
            ((tid.hex, "0", _first_hash(tid), "") for tid in ids if tid != HOME_ID),
        )
        bulk.analyze()


def _first_hash(tid: uuid.UUID) -> str:
    return hashlib.sha256(f"tidegate audit {tid}".encode()).hexdigest()
