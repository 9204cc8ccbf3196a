"""Devices and identities are taken out of evidence: made when new, brought up to date when seen again.

Called inside the import's transaction for one tenant, under its lock; the import records the event.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from tidegate.connectors.records import EvidenceRecord, Json
from tidegate.core.one_of import list_values
from tidegate.core.prepared import TEXT, UUID, PreparedObjects
from tidegate.devices.actions.placing import read_placement
from tidegate.devices.keys import device_key, find_account, identity_key
from tidegate.devices.models import Device, Identity

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


def sight_devices(tenant_id: uuid.UUID, sightings: Iterable[Sighting]) -> dict[str, uuid.UUID]:
    """Make or refresh the devices seen, each in its group; gives their ids by key.

    Four statements, however many.
    """
    seen: dict[str, list[Sighting]] = {}
    for evidence, at in sightings:
        if evidence.kind == "deviceEvidence" and (key := device_key(evidence.body)):
            seen.setdefault(key, []).append((evidence, at))
    if not seen:
        return {}
    known = {row.key: row for row in _DEVICES.all(tenant_id=tenant_id, keys=list_values(seen))}
    new = [_see_device(None, tenant_id, key, times) for key, times in seen.items() if key not in known]
    old = [_see_device(known[key], tenant_id, key, times) for key, times in seen.items() if key in known]
    placement = read_placement(tenant_id)
    for row in [*new, *old]:
        row.device_group_id = placement.group_of(row)
    if new:
        Device.objects.bulk_create(new)
    if old:
        changing = [*_DEVICE_TEXTS, *_DEVICE_LISTS, "first_seen_at", "last_seen_at", "device_group_id"]
        Device.objects.of_tenant(tenant_id).rewrite(old, changing)
    return {row.key: row.id for row in [*new, *old]}


def sight_identities(tenant_id: uuid.UUID, sightings: Iterable[Sighting]) -> dict[str, uuid.UUID]:
    """Make or refresh the identities seen; gives their ids by key. Three statements, however many."""
    seen: dict[str, list[tuple[dict[str, Json], datetime]]] = {}
    for evidence, at in sightings:
        if (account := find_account(evidence)) and (key := identity_key(account)):
            seen.setdefault(key, []).append((account, at))
    if not seen:
        return {}
    known = {row.key: row for row in _IDENTITIES.all(tenant_id=tenant_id, keys=list_values(seen))}
    new = [_see_identity(None, tenant_id, key, times) for key, times in seen.items() if key not in known]
    old = [_see_identity(known[key], tenant_id, key, times) for key, times in seen.items() if key in known]
    if new:
        Identity.objects.bulk_create(new)
    if old:
        changing = [*_IDENTITY_TEXTS, "first_seen_at", "last_seen_at"]
        Identity.objects.of_tenant(tenant_id).rewrite(old, changing)
    return {row.key: row.id for row in [*new, *old]}


def _see_device(row: Device | None, tenant_id: uuid.UUID, key: str, times: list[Sighting]) -> Device:
    first, last = min(at for _, at in times), max(at for _, at in times)
    device = row or Device(tenant_id=tenant_id, key=key, first_seen_at=first, last_seen_at=first)
    for evidence, at in sorted(times, key=lambda sighting: sighting[1]):
        # An older file must not undo what a newer one told.
        if row is None or at >= device.last_seen_at:
            _copy_texts(device, evidence.body, _DEVICE_TEXTS)
            for name, member in _DEVICE_LISTS.items():
                if isinstance(value := evidence.body.get(member), list) and value:
                    setattr(device, name, value[:200])
    told = {str(tag).casefold() for tag in device.tags}
    device.tags = [*device.tags, *(tag for tag in device.given_tags if tag.casefold() not in told)]
    device.first_seen_at = min(device.first_seen_at, first)
    device.last_seen_at = max(device.last_seen_at, last)
    return device


def _see_identity(
    row: Identity | None, tenant_id: uuid.UUID, key: str, times: list[tuple[dict[str, Json], datetime]]
) -> Identity:
    first, last = min(at for _, at in times), max(at for _, at in times)
    identity = row or Identity(tenant_id=tenant_id, key=key, first_seen_at=first, last_seen_at=first)
    for account, at in sorted(times, key=lambda sighting: sighting[1]):
        if row is None or at >= identity.last_seen_at:
            _copy_texts(identity, account, _IDENTITY_TEXTS)
    identity.first_seen_at = min(identity.first_seen_at, first)
    identity.last_seen_at = max(identity.last_seen_at, last)
    return identity


def _copy_texts(
    row: Device | Identity, body: Mapping[str, Json], texts: Mapping[str, tuple[str, int]]
) -> None:
    for name, (member, longest) in texts.items():
        value = body.get(member)
        if value is not None and value != "" and not isinstance(value, list | dict):
            setattr(row, name, str(value)[:longest])


def _ask_devices(tenant_id: uuid.UUID, keys: str) -> QuerySet[Device]:
    return Device.objects.of_tenant(tenant_id).filter(Q(key__one_of=keys))


def _ask_identities(tenant_id: uuid.UUID, keys: str) -> QuerySet[Identity]:
    return Identity.objects.of_tenant(tenant_id).filter(Q(key__one_of=keys))


_DEVICES: Final = PreparedObjects(_ask_devices, tenant_id=UUID, keys=TEXT)
_IDENTITIES: Final = PreparedObjects(_ask_identities, tenant_id=UUID, keys=TEXT)
