"""Devices and device groups for tests, made by the product's own actions."""

import uuid
from collections.abc import Mapping
from typing import Any

from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert, graph_incident
from tidegate.devices.actions.device_groups import create_device_group, set_device_group_access
from tidegate.devices.matching import Rule
from tidegate.devices.models import Device, DeviceGroup
from tidegate.devices.words import RuleOperator, RuleProperty
from tidegate.directory.models import Tenant


def device_evidence(name: str, **members: Any) -> dict[str, Any]:
    """Evidence that names a machine: `name` is the host, its id in Defender is made of it."""
    known = {"mdeDeviceId": f"id-{name}", "deviceDnsName": f"{name}.corp.example", "osPlatform": "Windows11"}
    return {"@odata.type": TYPE + "deviceEvidence", **known, **members}


def see_devices(tenant: Tenant, *names: str, **members: Any) -> None:
    """An alert names these devices, each once."""
    for name in names:
        alert = graph_alert(id=f"sees-{name}", incidentId=None, evidence=[device_evidence(name, **members)])
        import_all(tenant, [alert])


def make_alerts(tenant: Tenant, naming: Mapping[str, tuple[str, ...]], incident: str = "41") -> None:
    """Alerts of one incident by their id, each naming these devices."""
    alerts = [
        graph_alert(
            id=name, incidentId=incident, title=f"Of {name}", evidence=[*map(device_evidence, devices)]
        )
        for name, devices in naming.items()
    ]
    import_all(tenant, [graph_incident(*alerts, id=incident)])


def rule(named: str, operator: str, *values: str) -> Rule:
    return Rule(RuleProperty(named), RuleOperator(operator), values)


def group_of(tenant: Tenant, device: str) -> str:
    """The name of the device group that a device is in."""
    found = Device.objects.of_tenant(tenant.id).select_related("device_group")
    return found.get(dns_name=f"{device}.corp.example").device_group.display_name


def hide(cast: Cast, *values: str, to: tuple[str, ...] = (), name: str = "Hidden") -> DeviceGroup:
    """A device group of the customer's that takes devices whose name begins so, seen by these groups only."""
    admin = cast.enter("admin")
    group = create_device_group(admin, display_name=name, rules=[rule("name", "startsWith", *values)])
    ids: list[uuid.UUID] = [cast.group(one).id for one in to]
    return set_device_group_access(admin, group.id, group_ids=ids, is_restricted=True)
