"""The people and machines of one tenant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from .chance import dice, guid, hex_of, number_of
from .specs import AccountSpec, Device, DeviceKind, Estate, Person, TenantSpec
from .spelling import plain_letters
from .words.names import FAMILY, GIVEN
from .words.trades import TRADE_WORDS, Machines, TradeWords

_WINDOWS = (("Windows11", "24H2", 26100), ("Windows11", "23H2", 22631), ("Windows10", "22H2", 19045))
_SERVERS = (("WindowsServer2022", "21H2", 20348), ("WindowsServer2019", "1809", 17763))
_LINUX = ("Linux", "12.8", 6112)
_MAC = ("macOS", "15.6", 24600)


@dataclass(frozen=True, slots=True)
class _Slot:
    kind: DeviceKind
    machines: Machines
    first_number: int
    count: int


def make_estate(tenant: TenantSpec, accounts: tuple[AccountSpec, ...], now: datetime, seed: int) -> Estate:
    """Everybody with an account here, some colleagues, and machines in proportion to the tenant's size."""
    words = TRADE_WORDS[tenant.trade]
    chance = dice("estate", seed, tenant.slug)
    people = tuple(_people(tenant, accounts, words, chance))
    services = tuple(_person(tenant, name, name, "Service accounts") for name in words.services)
    return Estate(people, services, tuple(_devices(tenant, people, words, now, chance)))


def headcount(tenant: TenantSpec) -> int:
    """How many people of a tenant turn up in alerts: 5 to 46, growing with its size."""
    return 5 + min(41, tenant.size // 60)


def _people(
    tenant: TenantSpec, accounts: tuple[AccountSpec, ...], words: TradeWords, chance: Random
) -> Iterator[Person]:
    taken: set[str] = set()
    for account in accounts:
        if account.home_slug == tenant.slug:
            taken.add(account.email)
            yield _person(
                tenant,
                account.display_name,
                account.email.partition("@")[0],
                chance.choice(words.departments),
            )
    wanted = max(headcount(tenant), len(taken) + 4)
    while len(taken) < wanted:
        name = f"{chance.choice(GIVEN[tenant.language])} {chance.choice(FAMILY[tenant.language])}"
        person = _person(tenant, name, plain_letters(name), chance.choice(words.departments))
        if person.account_name not in taken:
            taken.add(person.account_name)
            yield person


def _person(tenant: TenantSpec, name: str, local_part: str, department: str) -> Person:
    given, _, family = local_part.partition(".")
    account_name = f"{given[0]}.{family}"[:20] if family else local_part
    upn = f"{local_part}@{tenant.default_domain}"
    domain = "-".join(
        str(1_000_000_000 + number_of(3_000_000_000, tenant.tenant_id, part)) for part in range(3)
    )
    return Person(
        display_name=name,
        upn=upn,
        account_name=account_name,
        object_id=guid("person", tenant.tenant_id, upn),
        sid=f"S-1-5-21-{domain}-{1_100 + number_of(8_000, 'rid', upn)}",
        department=department,
    )


def _devices(
    tenant: TenantSpec, people: tuple[Person, ...], words: TradeWords, now: datetime, chance: Random
) -> Iterator[Device]:
    owners = iter(people)
    for group_id, slot in enumerate(_slots(tenant, len(people), words), start=1):
        for index in range(slot.count):
            owner = next(owners).account_name if slot.kind is DeviceKind.WORKSTATION else ""
            name = (
                f"{tenant.prefix}-{slot.machines.code}{slot.first_number + index * 7:0{_digits(slot.kind)}}"
            )
            yield _device(
                tenant, name, (group_id, slot), owner, now - timedelta(days=chance.uniform(40, 700))
            )


def _slots(tenant: TenantSpec, people: int, words: TradeWords) -> Iterator[_Slot]:
    share = max(1, people // 8)
    yield _Slot(DeviceKind.WORKSTATION, Machines("WS", "Office", "workstations"), 104, people)
    yield _Slot(DeviceKind.STATION, words.stations, 3, share + 2)
    yield _Slot(DeviceKind.SERVER, Machines("SRV", "Servers", "servers"), 1, share)
    yield _Slot(DeviceKind.FILE_SERVER, Machines("FS", "File servers", "file servers"), 2, min(2, share))
    yield _Slot(
        DeviceKind.DOMAIN_CONTROLLER, Machines("DC", "Domain controllers", "domain controllers"), 1, 1
    )
    if words.jump_host is not None:
        yield _Slot(DeviceKind.JUMP_HOST, words.jump_host, 1, 2)


def _digits(kind: DeviceKind) -> int:
    return {DeviceKind.WORKSTATION: 4, DeviceKind.STATION: 3}.get(kind, 2)


def _device(
    tenant: TenantSpec, name: str, place: tuple[int, _Slot], owner: str, first_seen_at: datetime
) -> Device:
    group_id, slot = place
    platform, version, build = _system(slot, name)
    return Device(
        name=name,
        dns_name=f"{name.lower()}.{tenant.default_domain}",
        kind=slot.kind,
        platform=platform,
        version=version,
        build=build,
        mde_id=hex_of(40, "mde", tenant.tenant_id, name),
        entra_id=guid("device", tenant.tenant_id, name),
        group_id=group_id,
        group_name=slot.machines.group,
        ip=f"10.{number_of(200, tenant.slug)}.{group_id}.{2 + number_of(250, name)}",
        owner=owner,
        tags=_tags(slot),
        first_seen_at=first_seen_at,
    )


def _system(slot: _Slot, name: str) -> tuple[str, str, int]:
    if slot.machines.code == "MAC":
        return _MAC
    if slot.kind in {DeviceKind.WORKSTATION, DeviceKind.STATION}:
        return _WINDOWS[number_of(len(_WINDOWS), "system", name)]
    if slot.kind is DeviceKind.SERVER and number_of(3, "linux", name) == 0:
        return _LINUX
    return _SERVERS[number_of(len(_SERVERS), "system", name)]


def _tags(slot: _Slot) -> tuple[str, ...]:
    if slot.kind in {DeviceKind.FILE_SERVER, DeviceKind.DOMAIN_CONTROLLER}:
        return ("Crown jewel",)
    return ("OT",) if slot.kind is DeviceKind.JUMP_HOST else ()
