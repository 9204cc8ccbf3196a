"""Alerts that a program sends in as it finds them, in any format that a file of them may have."""

import io
from dataclasses import dataclass

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.connectors.reading import RecordReader
from tidegate.connectors.records import Record, Rejected
from tidegate.core.errors import InvalidInput
from tidegate.incidents.intake.batch import Counts
from tidegate.incidents.intake.writing import take_in


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of it: the counts, and what could not be read."""

    counts: Counts
    rejected: list[Rejected]


def push_alerts(scope: Scope, body: bytes) -> Pushed:
    """Take in what a body holds: its good records in one transaction with one event, the bad ones told.

    What is known by its id is brought up to date; the same again changes nothing. Raises Forbidden, and
    InvalidInput, naming the first fault, where nothing in it is good.
    """
    require(scope, Permission.ALERT_IMPORT)
    records: list[Record] = []
    rejected: list[Rejected] = []
    for item in RecordReader(io.BytesIO(body)):
        if isinstance(item, Rejected):
            rejected.append(item)
        else:
            records.append(item)
    if not records:
        fault = f"No alert could be read: {rejected[0].reason}." if rejected else "There is no alert."
        raise InvalidInput(fault)
    with transaction.atomic():
        taken = take_in(scope.tenant_id, records)
        counts = taken.counts
        if counts.created or counts.updated or counts.incidents_created or counts.incidents_updated:
            details: dict[str, object] = {name: getattr(counts, name) for name in Counts.__slots__}
            actor = scope.actor
            target = Target("application", str(actor.client_id or ""), actor.client_name)
            record(scope, "alerts.imported", target, details=details | taken.details())
    return Pushed(counts, rejected)
