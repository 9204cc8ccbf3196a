"""`/api/machines` of the Defender for Endpoint API: devices listed, read and tagged."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.http import HttpResponse, HttpResponseBase

from tidegate.core.errors import InvalidInput, NotFound
from tidegate.core.ids import parse_uuid
from tidegate.devices.actions.tagging import add_device_tag, remove_device_tag
from tidegate.devices.models import Device
from tidegate.devices.queries import DeviceFilter, find_machine, get_device, list_devices
from tidegate.incidents.queries import alerts_on
from tidegate.oauth.endpoint import Call
from tidegate.siem.bodies import Members, read_body, read_texts, require_text
from tidegate.siem.defender.alerts import alert_listing
from tidegate.siem.defender.machine_form import show_machine
from tidegate.siem.defender.resources import ALERT, MACHINE
from tidegate.siem.errors import BatchTooLarge, NoResource
from tidegate.siem.lists import Listing, answer_object, answer_stream, read_query, send_list

SET: Final = "Machines"
TAGGED_AT_MOST: Final = 500


def list_machines(call: Call) -> HttpResponseBase:
    """Devices, seen last first. Where there are none, none are found: Microsoft answers 404 as well."""
    query = read_query(call, MACHINE)
    listing = Listing(SET, list_devices(call.scope, DeviceFilter()), _show)
    if not listing.rows.filter(query.condition).exists():
        raise NoResource("No machines were found.")
    return answer_stream(send_list(call, listing, query))


def show(call: Call, machine_id: str) -> HttpResponse:
    """One device, by its id in Defender, its DNS name, or the id that it has here."""
    query = read_query(call, MACHINE.one_object())
    return answer_object(call, SET, show_machine(_find(call, machine_id)), query)


def list_alerts(call: Call, machine_id: str) -> HttpResponseBase:
    """The alerts that name it."""
    query = read_query(call, ALERT)
    named = alerts_on(call.scope, _find(call, machine_id)).order_by().values("id")
    listing = alert_listing(call, with_evidence=query.expansion("evidence") is not None)
    on_it = Listing(listing.entity_set, listing.rows.filter(id__in=named), listing.show)
    return answer_stream(send_list(call, on_it, query))


def tag(call: Call, machine_id: str) -> HttpResponse:
    """Give it a tag or take one away; answers with what became of it."""
    body = read_body(call)
    (device,) = _tag(call, body, [_find(call, machine_id)])
    return answer_object(call, SET, show_machine(device))


def tag_many(call: Call) -> HttpResponse:
    """The same for several: all of them or none."""
    body = read_body(call)
    names = read_texts(body, "MachineIds")
    if len(names) > TAGGED_AT_MOST:
        raise BatchTooLarge(fields={"MachineIds": f"must be at most {TAGGED_AT_MOST}"})
    _tag(call, body, [_find(call, name) for name in names])
    return HttpResponse(status=200)


def _tag(call: Call, body: Members, devices: Sequence[Device]) -> list[Device]:
    value, action = require_text(body, "Value"), require_text(body, "Action").strip().lower()
    change = {"add": add_device_tag, "remove": remove_device_tag}.get(action)
    if change is None:
        raise InvalidInput(fields={"Action": "must be Add or Remove"})
    return change(call.scope, [device.id for device in devices], value)


def _find(call: Call, name: str) -> Device:
    device_id = parse_uuid(name)
    device = find_machine(call.scope, name)
    if device is not None:
        return device
    if device_id is None:
        raise NotFound("There is no such machine.")
    return get_device(call.scope, device_id)


def _show(devices: Sequence[Device]) -> Iterable[Mapping[str, object]]:
    return map(show_machine, devices)
