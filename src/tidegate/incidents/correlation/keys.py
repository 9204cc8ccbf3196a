"""By what an alert is recognised as being about the same thing as another: pure, out of Graph's evidence.

What every machine has is left out, or it would bind everything to everything: accounts of the system itself,
empty files, Windows' own programs, machines without a name. A key is worth what it tells apart.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from tidegate.connectors.records import Json
from tidegate.devices.keys import device_key
from tidegate.incidents.indicators import normalize_as
from tidegate.incidents.models import CorrelationKind, IndicatorKind

type Body = Mapping[str, Json]

_K = CorrelationKind


class Key(NamedTuple):
    """One thing that an alert names: what it is called among machines, and among people (`label`)."""

    kind: CorrelationKind
    value: str
    device_key: str
    label: str


def find_keys(bodies: Iterable[Body]) -> list[Key]:
    """The keys of an alert, each once, in the order of its evidence."""
    told = list(bodies)
    names = {key: name for body in told if (key := device_key(body)) and (name := _name_of_device(body))}
    found: dict[tuple[CorrelationKind, str], Key] = {}
    for body in told:
        about = device_key(body)
        for kind, value, label in _keys_of(body, names.get(about, "")):
            shown = (normalize_label(label) or value)[:256]
            found.setdefault((kind, value), Key(kind, value[:420], about, shown))
    return list(found.values())


# Alerts of one batch name the same things again and again.
@lru_cache(maxsize=2_000)
def normalize_label(text: str) -> str:
    """What a person calls it, on one line and without signs that no database takes."""
    return " ".join("".join(sign for sign in text if sign.isprintable()).split())


def _keys_of(body: Body, device_name: str) -> Iterator[tuple[CorrelationKind, str, str]]:
    for value in _device_values(body):
        yield _K.DEVICE, value, device_name or value.partition(":")[2]
    for account in _accounts_of(body):
        label = (
            _text(account, "userPrincipalName") or _text(account, "accountName") or _text(account, "userSid")
        )
        for value in _account_values(account):
            yield _K.USER, value, label
    for file in (body.get("fileDetails"), _as_file(body)):
        if isinstance(file, dict) and not _is_everywhere(file, body):
            for value in _hashes_of(file):
                yield _K.FILE, value, _text(file, "fileName") or value.partition(":")[2]
    for value in _process_values(body):
        image = body.get("imageFile")
        name = _text(image, "fileName") if isinstance(image, dict) else ""
        yield _K.PROCESS, value, name or _text(body, "processCommandLine") or _text(body, "processId")


def _device_values(body: Body) -> Iterator[str]:
    for prefix, member in (("mde", "mdeDeviceId"), ("aad", "azureAdDeviceId"), ("dns", "deviceDnsName")):
        value = _spell(_text(body, member)).rstrip(".")
        if value and value not in _NO_NAMES:
            yield f"{prefix}:{value}"[:300]


def _name_of_device(body: Body) -> str:
    name = _text(body, "deviceDnsName") or _text(body, "hostName")
    return name.partition(".")[0]


def _accounts_of(body: Body) -> Iterator[Body]:
    account = body.get("userAccount")
    if isinstance(account, dict) and not _is_of_system(account):
        yield account
    if isinstance(address := body.get("primaryAddress"), str) and address:
        yield {"userPrincipalName": address}


def _is_of_system(account: Body) -> bool:
    """Whether it is of the machine, not of a person: SYSTEM, a service, the machine itself."""
    name, domain = _spell(_text(account, "accountName")), _spell(_text(account, "domainName"))
    sid = _spell(_text(account, "userSid"))
    return (
        bool(_SYSTEM_SID.fullmatch(sid))
        or bool(_SYSTEM_NAME.fullmatch(name))
        or name.endswith("$")
        or domain in _SYSTEM_DOMAINS
    )


def _account_values(account: Body) -> Iterator[str]:
    for prefix, member in (("aad", "azureAdUserId"), ("sid", "userSid"), ("upn", "userPrincipalName")):
        value = _spell(_text(account, member))
        if value and value not in _NO_NAMES:
            yield f"{prefix}:{value}"[:420]
    name, domain = _spell(_text(account, "accountName")), _spell(_text(account, "domainName"))
    # A name alone is many people's: every machine has an administrator.
    if name and domain and domain not in _NO_DOMAINS:
        yield f"acc:{domain}\\{name}"[:420]


def _as_file(body: Body) -> Json:
    """Of fileHashEvidence: the hash as a file without a name."""
    value = body.get("value")
    return {"sha1": value, "sha256": value} if isinstance(value, str) and "algorithm" in body else None


def _hashes_of(file: Body) -> Iterator[str]:
    for kind in (IndicatorKind.SHA256, IndicatorKind.SHA1):
        value = normalize_as(kind, _text(file, kind))
        if value and value not in _NO_HASHES and value.strip("0"):
            yield f"{kind}:{value}"


def _is_everywhere(file: Body, body: Body) -> bool:
    """Whether it is one of Windows' own programs; one that was found to be malicious is none of them."""
    path = f"{_text(file, 'filePath')}\\".lower().replace("/", "\\")
    return bool(_OF_WINDOWS.match(path)) and body.get("verdict") != "malicious"


def _process_values(body: Body) -> Iterator[str]:
    if not (body.get("@odata.type") or "").endswith("processEvidence"):  # type: ignore[union-attr]
        return
    image = body.get("imageFile")
    file = image if isinstance(image, dict) else {}
    about, number = device_key(body), _text(body, "processId")
    created_at = _read_moment(_text(body, "processCreationDateTime"))
    if about and created_at and number not in _NO_PROCESSES:
        yield _digest("id", about, number, created_at)
    line = " ".join(_text(body, "processCommandLine").split()).lower()
    if _has_arguments(line) and _spell(_text(file, "fileName")) not in _SERVICES:
        yield from (_digest("line", value, line) for value in _hashes_of(file))


def _has_arguments(line: str) -> bool:
    """Whether a command line says more than which program it was."""
    program = re.match(r'"[^"]*"|\S+', line)
    return bool(program and line[program.end() :].strip())


def _read_moment(text: str) -> str:
    """A time as sources write it, to the millisecond; "" for none."""
    found = _MOMENT.match(text)
    return f"{found[1]}.{(found[2] or '').ljust(3, '0')[:3]}" if found else ""


def _digest(*parts: str) -> str:
    digest = hashlib.sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()
    return f"{parts[0]}:{digest}"


def _spell(text: str) -> str:
    """As a name is spelled among indicators; those were just asked for the same ones."""
    return normalize_as(IndicatorKind.DEVICE, text) if text else ""


def _text(body: Body, member: str) -> str:
    value = body.get(member)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)


_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?")
_NO_NAMES: Final = frozenset(
    {
        *("localhost", "localhost.localdomain", "127.0.0.1", "::1", "unknown", "none", "null", "n/a", "-"),
        "00000000-0000-0000-0000-000000000000",
    }
)
_NO_DOMAINS: Final = frozenset({*_NO_NAMES, ".", "workgroup", "builtin"})
# Microsoft, "Well-known SIDs": nobody, SYSTEM and its services, service and window manager accounts.
_SYSTEM_SID: Final = re.compile(r"s-1-0-0|s-1-1-0|s-1-5-(?:[1-9]|1\d|20|(?:80|82|83|90|96)-[\d-]+)")
_SYSTEM_NAME: Final = re.compile(
    r"system|local ?system|local ?service|network ?service|anonymous logon|(?:dwm|umfd)-\d+|everyone"
)
_SYSTEM_DOMAINS: Final = frozenset(
    {"nt authority", "nt service", "window manager", "font driver host", "iis apppool"}
)
_EMPTY_SHA1: Final = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
_EMPTY_SHA256: Final = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_NO_HASHES: Final = frozenset({_EMPTY_SHA1, _EMPTY_SHA256})
_OF_WINDOWS: Final = re.compile(r"(?:[a-z]:)?\\windows\\(?:system32|syswow64|winsxs)\\")
# The idle process and the kernel have the same numbers on every machine.
_NO_PROCESSES: Final = frozenset({"", "0", "4"})
# Started alike on every machine, with arguments.
_SERVICES: Final = frozenset(
    {
        *("svchost.exe", "services.exe", "lsass.exe", "csrss.exe", "smss.exe", "wininit.exe", "winlogon.exe"),
        *("dwm.exe", "spoolsv.exe", "taskhostw.exe", "sihost.exe", "runtimebroker.exe", "explorer.exe"),
        *("msmpeng.exe", "mssense.exe", "sensecncproxy.exe", "dllhost.exe", "conhost.exe"),
    }
)
