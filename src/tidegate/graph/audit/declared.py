"""What is declared of this part."""

from typing import Final

from tidegate.graph.audit import types
from tidegate.graph.audit.events import EVENTS
from tidegate.graph.audit.sign_ins import SIGN_INS
from tidegate.graph.declaring import listed, shown
from tidegate.graph.model import Part

_READS: Final = ("AuditLog.Read.All",)

PART: Final = Part(
    types=types.TYPES,
    sets={"auditLogs/directoryAudits": types.EVENT, "auditLogs/signIns": types.SIGN_IN},
    operations=(
        *listed("/auditLogs/directoryAudits", "What was done, newest first", types.EVENT, _READS, EVENTS),
        shown("/auditLogs/directoryAudits/{directoryAudit-id}", "One event", types.EVENT, _READS, EVENTS),
        *listed("/auditLogs/signIns", "Sign-ins, newest first", types.SIGN_IN, _READS, SIGN_INS,
                is_counted=False),
        shown("/auditLogs/signIns/{signIn-id}", "One of them", types.SIGN_IN, _READS, SIGN_INS),
    ),
)  # fmt: skip
