"""Graph's `alertEvidence`: the type, the verdict and the time are read, the object itself is kept whole."""

import re
from collections.abc import Mapping

from tidegate.connectors.fields import Fields
from tidegate.connectors.graph_words import UNKNOWN, RemediationStatus, Verdict
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import EvidenceRecord, Json

UNKNOWN_KIND = "unknownEvidence"
_TYPE = re.compile(r"#microsoft\.graph\.security\.([a-z][A-Za-z0-9]{0,60}Evidence)", re.ASCII)


def parse_evidence(fields: Fields) -> tuple[EvidenceRecord, ...]:
    """Read the member `evidence` of an alert. Raises UnreadableRecord."""
    return tuple(
        read_evidence(members, path, fields.limits)
        for path, members in fields.objects("evidence", fields.limits.evidence)
    )


def read_evidence(body: Mapping[str, Json], path: str, limits: Limits) -> EvidenceRecord:
    """Read one Graph-shaped piece of evidence. Raises UnreadableRecord."""
    fields = Fields(body, path, limits)
    return EvidenceRecord(
        kind=_kind(fields.value("@odata.type")),
        verdict=fields.word("verdict", Verdict, UNKNOWN),
        remediation_status=fields.word("remediationStatus", RemediationStatus, RemediationStatus.NONE.value),
        created_at=fields.time("createdDateTime"),
        body=body,
    )


def _kind(declared: Json) -> str:
    match = _TYPE.fullmatch(declared) if isinstance(declared, str) else None
    return match[1] if match else UNKNOWN_KIND
