"""Who and what plays in an incident: people, machines, addresses, and the words that name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Self

from .scenarios.clues import (
    Where,
    Who,
)
from .specs import Device, DeviceKind, Estate, Person, TenantSpec
from .words.places import ABROAD, FAMILIES, HOME, LOOKALIKES, NETWORKS, Place
from .words.trades import TRADE_WORDS


@dataclass(frozen=True, slots=True)
class Address:
    """An outside address and where it is said to be."""

    ip: str
    place: Place


@dataclass(frozen=True, slots=True)
class Cast:
    """One incident's players. `words` fill the braces in a scenario's texts."""

    tenant: TenantSpec
    people: Mapping[Who, Person]
    devices: Mapping[Where, Device]
    addresses: tuple[Address, Address]
    words: Mapping[str, str]

    def say(self, text: str) -> str:
        """The text with its braces filled."""
        return text.format_map(self.words)

    def with_other_victims(self, estate: Estate, chance: Random) -> Self:
        """The same attacker with the same tools, at other people and machines."""
        people = _people(estate, chance)
        devices = _devices(estate, people[Who.USER], chance)
        words = {**self.words, **_names(people, devices)}
        return type(self)(self.tenant, people, devices, self.addresses, words)


def make_cast(tenant: TenantSpec, estate: Estate, chance: Random) -> Cast:
    """Choose the players of one incident."""
    people = _people(estate, chance)
    devices = _devices(estate, people[Who.USER], chance)
    addresses = (_address(chance), _address(chance))
    words = {
        **_names(people, devices),
        **_numbers(chance),
        **_trade(tenant, chance),
        "org": tenant.display_name,
        "home": HOME[tenant.slug].city,
        "city": addresses[0].place.city,
        "ip": addresses[0].ip,
        "ip2": addresses[1].ip,
        "evil": chance.choice(LOOKALIKES).format(slug=tenant.slug),
        "family": chance.choice(FAMILIES),
    }
    return Cast(tenant, people, devices, addresses, words)


def _people(estate: Estate, chance: Random) -> dict[Who, Person]:
    user, colleague = chance.sample(estate.people, 2)
    return {Who.USER: user, Who.COLLEAGUE: colleague, Who.SERVICE: chance.choice(estate.services)}


def _devices(estate: Estate, user: Person, chance: Random) -> dict[Where, Device]:
    own = next(device for device in estate.devices if device.owner == user.account_name)
    others = [
        device for device in estate.devices if device.kind is DeviceKind.WORKSTATION and device is not own
    ]
    server = _one(estate, DeviceKind.SERVER, chance)
    return {
        Where.DEVICE: own,
        Where.SECOND: chance.choice(others),
        Where.SERVER: server,
        Where.FILES: _one(estate, DeviceKind.FILE_SERVER, chance),
        Where.DOMAIN: _one(estate, DeviceKind.DOMAIN_CONTROLLER, chance),
        Where.STATION: _one(estate, DeviceKind.STATION, chance),
        Where.JUMP: _one(estate, DeviceKind.JUMP_HOST, chance) if _has_jump_host(estate) else server,
    }


def _has_jump_host(estate: Estate) -> bool:
    return any(device.kind is DeviceKind.JUMP_HOST for device in estate.devices)


def _one(estate: Estate, kind: DeviceKind, chance: Random) -> Device:
    return chance.choice([device for device in estate.devices if device.kind is kind])


def _address(chance: Random) -> Address:
    return Address(f"{chance.choice(NETWORKS)}.{chance.randint(2, 253)}", chance.choice(ABROAD))


def _names(people: Mapping[Who, Person], devices: Mapping[Where, Device]) -> dict[str, str]:
    return {
        "user": people[Who.USER].display_name,
        "account": people[Who.USER].account_name,
        "colleague": people[Who.COLLEAGUE].display_name,
        "service": people[Who.SERVICE].account_name,
        "device": devices[Where.DEVICE].name,
        "second": devices[Where.SECOND].name,
        "server": devices[Where.SERVER].name,
        "fileserver": devices[Where.FILES].name,
        "dc": devices[Where.DOMAIN].name,
        "station": devices[Where.STATION].name,
        "jump": devices[Where.JUMP].name,
    }


def _numbers(chance: Random) -> dict[str, str]:
    return {
        "minutes": str(chance.randint(9, 95)),
        "count": str(chance.randint(12, 90)),
        "few": str(chance.randint(2, 7)),
        "thousands": f"{chance.randint(12, 96) * 100:,}",
        "number": str(chance.randint(1_000, 9_999)),
    }


def _trade(tenant: TenantSpec, chance: Random) -> dict[str, str]:
    words = TRADE_WORDS[tenant.trade]
    document = chance.choice(words.documents)
    return {
        "lure": chance.choice(words.lures),
        "document": document,
        "macro": f"{document.rpartition('.')[0]}.docm",
        "share": chance.choice(words.shares),
        "application": words.application,
        "stations": words.stations.called,
    }
