"""What alerts name that can be looked for elsewhere, each in one spelling: hashes, addresses, names.

The spelling is made here both for what comes in and for what is asked, so that the two meet.
"""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from tidegate.connectors.records import Json
from tidegate.devices.keys import device_key
from tidegate.incidents.models import IndicatorKind

type Body = Mapping[str, Json]
type Named = tuple[IndicatorKind, str]
type Members = tuple[str, Iterable[tuple[str, IndicatorKind]]]

LONGEST: Final = 512
_HEX: Final = {64: IndicatorKind.SHA256, 40: IndicatorKind.SHA1, 32: IndicatorKind.MD5}
_HASH: Final = re.compile(r"[0-9a-f]+")
_LABEL: Final = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN: Final = re.compile(rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}")
_IPV4: Final = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!\Z)|\Z)){4}", re.ASCII)
_TECHNIQUE: Final = re.compile(r"t\d{4}(?:\.\d{3})?")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*://")
_DEFANGED: Final = re.compile(r"[\[({]+(\.|:|@|://)[\])}]+")
_NOT_KEPT: Final = frozenset({"Cc", "Cs"})
# Lower case can undo NFKC for a few signs, and the other way round.
_PASSES: Final = 4


@dataclass(frozen=True, slots=True)
class Said:
    """What one piece of evidence says: its body, and when that was."""

    body: Body
    seen_at: datetime


class Found(NamedTuple):
    """An indicator of one alert: the fields of its row, by their names."""

    kind: IndicatorKind
    value: str
    device_key: str
    seen_at: datetime


def normalize(text: str) -> str:
    """One spelling: NFKC, lower case, without blanks around, without the brackets that make it harmless.

    At most 512 characters, none that a database refuses; "" for nothing.
    """
    plain = text[: LONGEST * 4]
    for _ in range(_PASSES):
        before, plain = plain, _spell(plain)
        if plain == before:
            break
    return plain


def _spell(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        kept = "".join(sign for sign in text if unicodedata.category(sign) not in _NOT_KEPT)
        text = unicodedata.normalize("NFKC", kept)
    plain = _DEFANGED.sub(r"\1", text.lower().strip())
    if plain.startswith("hxxp"):
        plain = f"http{plain[4:]}"
    return plain[:LONGEST].strip()


# Alerts of one batch name the same things again and again.
@lru_cache(maxsize=20_000)
def normalize_as(kind: IndicatorKind, text: str) -> str:
    """The spelling of a value of this kind; "" for what is none."""
    plain = normalize(text)
    return _SPELLINGS.get(kind, str)(plain) if plain else ""


def readings_of(text: str) -> list[Named]:
    """Everything that a text may name: kinds, with the value that each would have. The likeliest first."""
    plain = normalize(text)
    if not plain:
        return []
    found = [(kind, value) for kind in _PRECISE if (value := normalize_as(kind, plain))]
    if found and found[0][0] in _UNMISTAKABLE:
        return found[:1]
    return [*found, *((kind, normalize_as(kind, plain)) for kind in _NAMES)]


def find_indicators(bodies: Iterable[Said], techniques: Iterable[str], at: datetime) -> list[Found]:
    """What an alert names by its evidence, and its techniques, seen `at` that time; each once."""
    last: dict[tuple[IndicatorKind, str, str], datetime] = {}
    for said in bodies:
        about = device_key(said.body)
        for kind, value in _named_by(said.body):
            key = (kind, value, about)
            before = last.get(key)
            last[key] = said.seen_at if before is None else max(before, said.seen_at)
    for technique in techniques:
        if value := normalize_as(IndicatorKind.TECHNIQUE, technique):
            last[IndicatorKind.TECHNIQUE, value, ""] = at
    return [Found(*key, seen_at) for key, seen_at in last.items()]


def first_named(body: Body) -> str:
    """The first value by which evidence is known anywhere; "" for none."""
    return next((value for _kind, value in _named_by(body)), "")


def _named_by(body: Body) -> Iterator[Named]:
    for kind, text in _texts_of(body):
        if isinstance(text, str) and (value := normalize_as(kind, text)):
            yield kind, value
            if kind == IndicatorKind.URL and (host := _host_of(value)):
                yield host


def _texts_of(body: Body) -> Iterator[tuple[IndicatorKind, Json]]:
    yield from _texts_of_objects(body, _OF_FILES_IN)
    for name, kind in _OF_BODIES:
        if name in body:
            yield kind, body[name]
    yield from _texts_of_objects(body, _OF_OBJECTS)
    if isinstance(urls := body.get("urls"), list):
        for url in urls:
            yield IndicatorKind.URL, url
    if isinstance(account := body.get("userAccount"), dict):
        yield from _texts_of_account(account)
    if "algorithm" in body:
        yield from _texts_of_hash(body)


def _texts_of_objects(body: Body, objects: Iterable[Members]) -> Iterator[tuple[IndicatorKind, Json]]:
    for outer, names in objects:
        if isinstance(inner := body.get(outer), dict):
            for name, kind in names:
                yield kind, inner.get(name)


def _texts_of_account(account: Body) -> Iterator[tuple[IndicatorKind, Json]]:
    if account.get("userPrincipalName"):
        yield IndicatorKind.ACCOUNT, account["userPrincipalName"]
    elif isinstance(name := account.get("accountName"), str) and name:
        domain = account.get("domainName")
        yield IndicatorKind.ACCOUNT, f"{domain}\\{name}" if isinstance(domain, str) and domain else name


def _texts_of_hash(body: Body) -> Iterator[tuple[IndicatorKind, Json]]:
    """Of fileHashEvidence, whose value says by its length what it is."""
    if isinstance(value := body.get("value"), str):
        kind = _HEX.get(len(value.strip()))
        if kind:
            yield kind, value


def _host_of(url: str) -> Named | None:
    try:
        host = urlsplit(url if _SCHEME.match(url) else f"//{url}").hostname or ""
    except ValueError:
        return None
    for kind in (IndicatorKind.IP, IndicatorKind.DOMAIN):
        if value := normalize_as(kind, host):
            return kind, value
    return None


def _spell_hash(length: int) -> Callable[[str], str]:
    return lambda plain: plain if len(plain) == length and _HASH.fullmatch(plain) else ""


def _spell_ip(plain: str) -> str:
    if _IPV4.fullmatch(plain):
        # Most are, and are written in the one way there is.
        return plain
    try:
        address = ipaddress.ip_address(plain.strip("[]").partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _spell_domain(plain: str) -> str:
    name = plain.rstrip(".")
    return name if _DOMAIN.fullmatch(name) and not _spell_ip(name) else ""


def _spell_url(plain: str) -> str:
    return plain.rstrip("/ ") or plain


def _spell_technique(plain: str) -> str:
    return plain if _TECHNIQUE.fullmatch(plain) else ""


_SPELLINGS: Final[Mapping[IndicatorKind, Callable[[str], str]]] = {
    IndicatorKind.SHA256: _spell_hash(64),
    IndicatorKind.SHA1: _spell_hash(40),
    IndicatorKind.MD5: _spell_hash(32),
    IndicatorKind.IP: _spell_ip,
    IndicatorKind.DOMAIN: _spell_domain,
    IndicatorKind.URL: _spell_url,
    IndicatorKind.TECHNIQUE: _spell_technique,
}
_PRECISE: Final = (
    IndicatorKind.SHA256,
    IndicatorKind.SHA1,
    IndicatorKind.MD5,
    IndicatorKind.IP,
    IndicatorKind.TECHNIQUE,
    IndicatorKind.DOMAIN,
)
_UNMISTAKABLE: Final = frozenset({*_HEX.values(), IndicatorKind.IP, IndicatorKind.TECHNIQUE})
_NAMES: Final = (IndicatorKind.URL, IndicatorKind.FILE, IndicatorKind.ACCOUNT, IndicatorKind.DEVICE)

# Where evidence holds them (Microsoft Graph, v1.0 and beta, `security/alertEvidence`).
_OF_FILES: Final = (
    ("sha256", IndicatorKind.SHA256),
    ("sha1", IndicatorKind.SHA1),
    ("md5", IndicatorKind.MD5),
    ("fileName", IndicatorKind.FILE),
)
_OF_BODIES: Final = (
    ("ipAddress", IndicatorKind.IP),
    ("senderIp", IndicatorKind.IP),
    ("url", IndicatorKind.URL),
    ("deviceDnsName", IndicatorKind.DEVICE),
    ("hostName", IndicatorKind.DEVICE),
    ("mdeDeviceId", IndicatorKind.DEVICE),
    ("azureAdDeviceId", IndicatorKind.DEVICE),
    ("primaryAddress", IndicatorKind.ACCOUNT),
    ("recipientEmailAddress", IndicatorKind.ACCOUNT),
    ("domainName", IndicatorKind.DOMAIN),
)
_OF_FILES_IN: Final = tuple(
    (name, _OF_FILES) for name in ("fileDetails", "imageFile", "parentProcessImageFile")
)
_OF_OBJECTS: Final = (
    ("sourceAddress", (("ipAddress", IndicatorKind.IP),)),
    ("destinationAddress", (("ipAddress", IndicatorKind.IP),)),
    ("hostIpAddress", (("ipAddress", IndicatorKind.IP),)),
    ("p1Sender", (("emailAddress", IndicatorKind.ACCOUNT),)),
    ("p2Sender", (("emailAddress", IndicatorKind.ACCOUNT),)),
)
