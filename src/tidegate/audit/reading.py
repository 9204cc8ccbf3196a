"""Reading that is itself recorded: taking the record away, and checking its chain."""

from collections.abc import Iterator
from dataclasses import asdict

from tidegate.audit.actions import Target, record
from tidegate.audit.models import AuditEvent, Result
from tidegate.audit.queries import EventFilter, iterate_events, last_sequence
from tidegate.audit.verify import Verdict, verify_chain
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require


def export_events(scope: Scope, chosen: EventFilter, form: str) -> Iterator[AuditEvent]:
    """Everything that a filter leaves at this moment, oldest first; recorded before the first is read.

    `form` is the format, for the record. Raises Forbidden.
    """
    up_to = last_sequence(scope)
    details = {"format": form, "filter": {name: value for name, value in asdict(chosen).items() if value}}
    record(scope, "audit.exported", _own(scope), details={**details, "up_to": up_to})
    return iterate_events(scope, chosen, up_to)


def verify_own(scope: Scope) -> Verdict:
    """Check the tenant's chain from its first event. Raises Forbidden."""
    require(scope, Permission.AUDIT_READ)
    verdict = verify_chain(scope.tenant_id)
    result = Result.FAILURE if verdict.faults else Result.SUCCESS
    details = {"events": verdict.events, "faults": len(verdict.faults)}
    record(scope, "audit.verified", _own(scope), result=result, details=details)
    return verdict


def _own(scope: Scope) -> Target:
    return Target("tenant", str(scope.tenant_id), scope.entry.tenant_name)
