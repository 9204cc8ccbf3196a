"""What alerts of a batch gain is written: their evidence, with the devices and identities that it names."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tidegate.connectors.records import EvidenceRecord
from tidegate.core.bulk import insert_values
from tidegate.core.ids import uuid7_texts
from tidegate.devices.actions.sightings import Sighting, sight_devices, sight_identities
from tidegate.devices.keys import device_key, find_account, identity_key
from tidegate.incidents.intake.alerts import AlertChanges, Gain
from tidegate.incidents.intake.batch import Batch
from tidegate.incidents.intake.counting import Things
from tidegate.incidents.models import Evidence

_NAMES: Final = (
    "tenant_id", "id", "alert_id", "position", "kind", "key", "name", "verdict", "remediation_status",
    "created_at", "device_id", "identity_id", "body",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sighted:
    """The devices and identities that the batch names, by their keys, and which evidence is what of them."""

    devices: Mapping[str, uuid.UUID]
    identities: Mapping[str, uuid.UUID]
    named: list[Things] = field(default_factory=list)

    def device_of(self, evidence: EvidenceRecord) -> uuid.UUID | None:
        """The device that evidence is, if it is one."""
        return self.devices.get(device_key(evidence.body)) if evidence.kind == "deviceEvidence" else None

    def identity_of(self, evidence: EvidenceRecord) -> uuid.UUID | None:
        """The identity that evidence is, if it is one."""
        account = find_account(evidence)
        return self.identities.get(identity_key(account)) if account else None


def sight(batch: Batch, changes: AlertChanges) -> Sighted:
    """Make or refresh the devices and identities that the gained evidence names."""
    rounds: dict[int, list[Sighting]] = {}
    for gain in changes.gains.values():
        rounds.setdefault(batch.part_of(gain.alert.external_id), []).extend(
            (evidence, gain.alert.last_activity_at) for evidence in gain.evidence
        )
    tenant_id, told = batch.tenant_id, list(rounds.values())
    return Sighted(sight_devices(tenant_id, told), sight_identities(tenant_id, told))


def write_evidence(batch: Batch, changes: AlertChanges, sighted: Sighted) -> None:
    """Write the evidence that alerts gain; those that are told anew lose what they had."""
    tenant_id, gains = batch.tenant_id, changes.gains.values()
    if changes.replaced:
        Evidence.objects.of_tenant(tenant_id).filter(alert_id__in=list(changes.replaced)).delete()
    ids = uuid7_texts(sum(len(gain.evidence) for gain in gains))
    rows = [
        _make_row(gain, evidence, position, next(ids), sighted)
        for gain in gains
        for position, evidence in enumerate(gain.evidence, start=gain.position)
    ]
    if rows:
        insert_values(Evidence, _NAMES, rows, waits=False)


def _make_row(
    gain: Gain, evidence: EvidenceRecord, position: int, id_: str, sighted: Sighted
) -> tuple[Any, ...]:
    device_id, identity_id = sighted.device_of(evidence), sighted.identity_of(evidence)
    if device_id or identity_id:
        sighted.named.append((gain.alert.incident_id, device_id, identity_id))
    return (
        gain.alert.tenant_id,
        id_,
        gain.alert.id,
        position,
        evidence.kind[:64],
        evidence.key,
        evidence.name,
        evidence.verdict[:32],
        evidence.remediation_status[:32],
        evidence.created_at,
        device_id,
        identity_id,
        evidence.text,
    )
