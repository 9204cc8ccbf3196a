"""One item of an alert's `entities` as the piece of Graph evidence that means the same."""

from collections.abc import Callable, Mapping

from tidegate.connectors.fields import Fields
from tidegate.connectors.graph_words import UNKNOWN, RemediationStatus, Verdict
from tidegate.connectors.kinds.microsoft_defender_xdr import entity_members as members
from tidegate.connectors.kinds.microsoft_defender_xdr.words import REMEDIATION_STATUSES, VERDICTS
from tidegate.connectors.kinds.microsoft_graph.evidence import UNKNOWN_KIND
from tidegate.connectors.records import EvidenceRecord, Json

type MakeMembers = Callable[[Fields], dict[str, Json]]

# entityType, casefolded: Graph's type and what makes its members.
_KINDS: Mapping[str, tuple[str, MakeMembers]] = {
    "user": ("userEvidence", members.user_members),
    "process": ("processEvidence", members.process_members),
    "file": ("fileEvidence", members.file_members),
    "ip": ("ipEvidence", members.ip_members),
    "url": ("urlEvidence", members.url_members),
    "mailbox": ("mailboxEvidence", members.mailbox_members),
    "mailmessage": ("analyzedMessageEvidence", members.message_members),
    "mailcluster": ("mailClusterEvidence", members.cluster_members),
    "securitygroup": ("securityGroupEvidence", members.group_members),
    "cloudapplication": ("cloudApplicationEvidence", members.application_members),
    "oauthapplication": ("oauthApplicationEvidence", members.application_members),
}


def make_entity_evidence(fields: Fields) -> EvidenceRecord:
    """Read one entity; members Graph does not have stay under their own names. Raises UnreadableRecord."""
    kind, make_members = _find_kind(fields)
    verdict = fields.word("verdict", Verdict, UNKNOWN, VERDICTS)
    status = fields.word(
        "remediationStatus", RemediationStatus, RemediationStatus.NONE.value, REMEDIATION_STATUSES
    )
    created_at = fields.time("evidenceCreationTime")
    body: dict[str, Json] = {
        "@odata.type": f"#microsoft.graph.security.{kind}",
        "createdDateTime": fields.text("evidenceCreationTime") or None,
        "verdict": verdict,
        "remediationStatus": status,
        **make_members(fields),
    }
    body |= {name: value for name, value in fields.rest().items() if name not in body}
    return EvidenceRecord(kind, verdict, status, created_at, body)


def _find_kind(fields: Fields) -> tuple[str, MakeMembers]:
    entity_type = fields.text("entityType", limit=fields.limits.title)
    folded = entity_type.casefold()
    if folded == "registry":
        has_value = bool(fields.value("registryValue") or fields.value("registryValueName"))
        kind = "registryValueEvidence" if has_value else "registryKeyEvidence"
        return kind, members.registry_members
    if folded in _KINDS:
        return _KINDS[folded]
    return UNKNOWN_KIND, members.unknown_members
