"""Devices and identities are taken out of evidence: made when new, brought up to date when seen again.

Called inside the import's transaction for one tenant, under its lock; the import records the event.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Final

from django.db.models import Q, QuerySet

from tidegate.connectors.records import EvidenceRecord, Json
from tidegate.core.bulk import insert, update
from tidegate.core.one_of import list_values
from tidegate.core.prepared import TEXT, UUID, PreparedObjects
from tidegate.devices.actions.placing import read_placement
from tidegate.devices.keys import device_key, find_account, identity_key
from tidegate.devices.models import Device, Identity

type Body = Mapping[str, Json]
type Seen = tuple[Body, datetime]
type Sighting = tuple[EvidenceRecord, datetime]

_DEVICE_TEXTS = {
    "dns_name": ("deviceDnsName", 256),
    "mde_device_id": ("mdeDeviceId", 256),
    "aad_device_id": ("azureAdDeviceId", 256),
    "os_platform": ("osPlatform", 64),
    "os_build": ("osBuild", 64),
    "version": ("version", 64),
    "health_status": ("healthStatus", 64),
    "risk_score": ("riskScore", 32),
    "onboarding_status": ("onboardingStatus", 64),
    "av_status": ("defenderAvStatus", 64),
    "device_group_name": ("rbacGroupName", 256),
}
_DEVICE_LISTS = {"ip_addresses": "ipInterfaces", "logged_on_users": "loggedOnUsers", "tags": "tags"}
_IDENTITY_TEXTS = {
    "display_name": ("displayName", 256),
    "account_name": ("accountName", 256),
    "domain_name": ("domainName", 256),
    "user_principal_name": ("userPrincipalName", 320),
    "user_sid": ("userSid", 184),
    "azure_ad_user_id": ("azureAdUserId", 64),
}
_TIMES: Final = ("first_seen_at", "last_seen_at")


def sight_devices(tenant_id: uuid.UUID, rounds: Iterable[Iterable[Sighting]]) -> dict[str, uuid.UUID]:
    """Make or refresh the devices seen, each in its group; gives their ids by key.

    Each round is as if those before it were stored. Five statements, however many.
    """
    seen = _sort_seen(rounds, _read_device)
    if not seen:
        return {}
    known = {row.key: row for row in _DEVICES.all(tenant_id=tenant_id, keys=list_values(seen))}
    placement, sorted_out = read_placement(tenant_id), _Rows[Device]()
    for key, times in seen.items():
        device = known.get(key) or _begin(Device, tenant_id, key, times[0])
        is_told = _see_each(device, times, _see_device, is_new=key not in known)
        group_id, device.device_group_id = device.device_group_id, placement.group_of(device)
        sorted_out.add(device, is_new=key not in known, is_told=is_told or group_id != device.device_group_id)
    return sorted_out.write(Device, [*_DEVICE_TEXTS, *_DEVICE_LISTS, *_TIMES, "device_group_id"])


def sight_identities(tenant_id: uuid.UUID, rounds: Iterable[Iterable[Sighting]]) -> dict[str, uuid.UUID]:
    """Make or refresh the identities seen, as devices are; gives their ids by key. Four statements."""
    seen = _sort_seen(rounds, _read_identity)
    if not seen:
        return {}
    known = {row.key: row for row in _IDENTITIES.all(tenant_id=tenant_id, keys=list_values(seen))}
    sorted_out = _Rows[Identity]()
    for key, times in seen.items():
        identity = known.get(key) or _begin(Identity, tenant_id, key, times[0])
        is_told = _see_each(identity, times, _see_identity, is_new=key not in known)
        sorted_out.add(identity, is_new=key not in known, is_told=is_told)
    return sorted_out.write(Identity, [*_IDENTITY_TEXTS, *_TIMES])


def _sort_seen(
    rounds: Iterable[Iterable[Sighting]], read: Callable[[EvidenceRecord], tuple[str, Body]]
) -> dict[str, list[list[Seen]]]:
    """What is told of each thing, by its key: a list of each round that tells of it."""
    seen: dict[str, list[list[Seen]]] = {}
    for sightings in rounds:
        told: dict[str, list[Seen]] = {}
        for evidence, at in sightings:
            key, body = read(evidence)
            if key:
                told.setdefault(key, []).append((body, at))
        for key, times in told.items():
            seen.setdefault(key, []).append(times)
    return seen


def _read_device(evidence: EvidenceRecord) -> tuple[str, Body]:
    return (device_key(evidence.body) if evidence.kind == "deviceEvidence" else ""), evidence.body


def _read_identity(evidence: EvidenceRecord) -> tuple[str, Body]:
    account = find_account(evidence)
    return (identity_key(account), account) if account else ("", {})


def _see_each[M: (Device, Identity)](
    row: M, rounds: Iterable[list[Seen]], see: Callable[..., bool], *, is_new: bool
) -> bool:
    is_told = False
    for times in rounds:
        is_told |= see(row, times, is_new=is_new)
        is_new = False
    return is_told


class _Rows[M: (Device, Identity)]:
    """Rows by what is written of them: all, what was told anew, or only when they were seen."""

    def __init__(self) -> None:
        self._new: list[M] = []
        self._told: list[M] = []
        self._seen: list[M] = []

    def add(self, row: M, *, is_new: bool, is_told: bool) -> None:
        """One of them."""
        (self._new if is_new else self._told if is_told else self._seen).append(row)

    def write(self, model: type[M], told: Sequence[str]) -> dict[str, uuid.UUID]:
        """Write them; gives their ids by key."""
        if self._new:
            insert(model, self._new, waits=False)
        update(model, self._told, told, waits=False)
        update(model, self._seen, _TIMES, waits=False)
        return {row.key: row.id for row in (*self._new, *self._told, *self._seen)}


def _begin[M: (Device, Identity)](model: type[M], tenant_id: uuid.UUID, key: str, times: Iterable[Seen]) -> M:
    first = min(at for _, at in times)
    return model(tenant_id=tenant_id, key=key, first_seen_at=first, last_seen_at=first)


def _see_device(device: Device, times: list[Seen], *, is_new: bool) -> bool:
    is_told = _see(device, times, _copy_device, is_new=is_new)
    told = {str(tag).casefold() for tag in device.tags}
    if missing := [tag for tag in device.given_tags if tag.casefold() not in told]:
        device.tags = [*device.tags, *missing]
        return True
    return is_told


def _see_identity(identity: Identity, times: list[Seen], *, is_new: bool) -> bool:
    return _see(identity, times, _copy_identity, is_new=is_new)


def _see[M: (Device, Identity)](
    row: M, times: list[Seen], copy: Callable[[M, Body], bool], *, is_new: bool
) -> bool:
    """Bring a row up to date; whether more was told than that it was seen."""
    times.sort(key=itemgetter(1))
    is_told = False
    for body, at in times:
        # An older file must not undo what a newer one told.
        if is_new or at >= row.last_seen_at:
            is_told |= copy(row, body)
    row.first_seen_at = min(row.first_seen_at, times[0][1])
    row.last_seen_at = max(row.last_seen_at, times[-1][1])
    return is_told


def _copy_device(device: Device, body: Body) -> bool:
    is_told = _copy_texts(device, body, _DEVICE_TEXTS)
    for name, member in _DEVICE_LISTS.items():
        if isinstance(value := body.get(member), list) and value and getattr(device, name) != value[:200]:
            setattr(device, name, value[:200])
            is_told = True
    return is_told


def _copy_identity(identity: Identity, account: Body) -> bool:
    return _copy_texts(identity, account, _IDENTITY_TEXTS)


def _copy_texts(row: Device | Identity, body: Body, texts: Mapping[str, tuple[str, int]]) -> bool:
    """Take over what the body tells; whether any of it is new."""
    is_told = False
    for name, (member, longest) in texts.items():
        value = body.get(member)
        if value is not None and value != "" and not isinstance(value, list | dict):
            text = str(value)[:longest]
            if getattr(row, name) != text:
                setattr(row, name, text)
                is_told = True
    return is_told


def _ask_devices(tenant_id: uuid.UUID, keys: str) -> QuerySet[Device]:
    return Device.objects.of_tenant(tenant_id).filter(Q(key__one_of=keys))


def _ask_identities(tenant_id: uuid.UUID, keys: str) -> QuerySet[Identity]:
    return Identity.objects.of_tenant(tenant_id).filter(Q(key__one_of=keys))


_DEVICES: Final = PreparedObjects(_ask_devices, tenant_id=UUID, keys=TEXT)
_IDENTITIES: Final = PreparedObjects(_ask_identities, tenant_id=UUID, keys=TEXT)
