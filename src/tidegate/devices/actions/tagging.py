"""Tags that people and programs give to devices. They decide with all else which group a device is in."""

import uuid
from collections.abc import Sequence
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.core.text import clean_line
from tidegate.devices.actions.placing import read_placement
from tidegate.devices.models import Device
from tidegate.devices.visibility import seen_devices
from tidegate.directory.models import Tenant

LONGEST_TAG: Final = 200
TAGS_AT_MOST: Final = 100


def add_device_tag(scope: Scope, device_ids: Sequence[uuid.UUID], tag: str) -> list[Device]:
    """Give devices a tag, which stays whatever their source says of them later.

    Raises Forbidden, NotFound if one is not there, InvalidInput naming `tag`.
    """
    return _tag(scope, device_ids, tag, wanted=True)


def remove_device_tag(scope: Scope, device_ids: Sequence[uuid.UUID], tag: str) -> list[Device]:
    """Take a tag from devices; one that their source gave comes back when it is told again. Raises alike."""
    return _tag(scope, device_ids, tag, wanted=False)


def _tag(scope: Scope, device_ids: Sequence[uuid.UUID], tag: str, *, wanted: bool) -> list[Device]:
    require(scope, Permission.DEVICE_TAG)
    word = clean_line(tag, "tag", longest=LONGEST_TAG)
    with transaction.atomic():
        # As when devices come in: the groups that they are put into must not change meanwhile.
        Tenant.objects.select_for_update(no_key=True).get(id=scope.tenant_id)
        devices = _lock(scope, device_ids)
        changed = [device for device in devices if _change(device, word, wanted=wanted)]
        placement = read_placement(scope.tenant_id) if changed else None
        for device in changed:
            if placement is not None:
                device.device_group_id = placement.group_of(device)
            device.save(update_fields=["tags", "given_tags", "device_group_id"])
            details = {"tag": word, "change": "added" if wanted else "removed"}
            target = Target("device", str(device.id), str(device))
            record(scope, "device.tagged", target, details=details)
    return devices


def _lock(scope: Scope, device_ids: Sequence[uuid.UUID]) -> list[Device]:
    rows = seen_devices(scope).select_for_update(of=("self",)).filter(id__in=device_ids)
    devices = list(rows.select_related("device_group").order_by("id"))
    if len(devices) < len(set(device_ids)):
        raise NotFound("There is no such device.")
    return devices


def _change(device: Device, tag: str, *, wanted: bool) -> bool:
    """Whether that changed anything."""
    if not wanted:
        before = list(device.tags), list(device.given_tags)
        device.tags, device.given_tags = _without(device.tags, tag), _without(device.given_tags, tag)
        return (device.tags, device.given_tags) != before
    if len(_without(device.given_tags, tag)) < len(device.given_tags):
        return False
    # One that its source gave it stands as it is spelled there; from now on it stays without the source.
    if len(_without(device.tags, tag)) == len(device.tags):
        if len(device.tags) >= TAGS_AT_MOST:
            raise InvalidInput(fields={"tag": f"a device has at most {TAGS_AT_MOST}"})
        device.tags = [*device.tags, tag]
    device.given_tags = [*device.given_tags, tag]
    return True


def _without(tags: Sequence[object], tag: str) -> list[object]:
    return [each for each in tags if str(each).casefold() != tag.casefold()]
