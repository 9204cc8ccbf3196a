"""What an alert names, each kind by itself: `/api/alerts/{id}/machine`, `files`, `ips`, `domains`, `user`."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from django.http import HttpResponse

from tidegate.connectors.records import Json
from tidegate.devices.queries import get_device
from tidegate.incidents.document import format_time, read_document
from tidegate.incidents.queries import evidence_of, get_alert
from tidegate.oauth.endpoint import Call
from tidegate.siem import entities
from tidegate.siem.defender.alert_form import find_account
from tidegate.siem.defender.machine_form import show_machine
from tidegate.siem.errors import NoResource
from tidegate.siem.lists import answer_object, answer_values

type Body = Mapping[str, Json]


def show_machine_of(call: Call, external_id: str) -> HttpResponse:
    """The first device that the alert names, of those that are seen."""
    alert = get_alert(call.scope, external_id)
    named = evidence_of(call.scope, alert=alert).filter(kind="deviceEvidence", device_id__isnull=False)
    device_id = named.order_by("position").values_list("device_id", flat=True).first()
    if device_id is None:
        raise NoResource("The alert names no machine.")
    return answer_object(call, "Machines", show_machine(get_device(call.scope, device_id)))


def list_files_of(call: Call, external_id: str) -> HttpResponse:
    """The files that it names, also as the images of processes."""
    found: dict[object, Body] = {}
    for body in _evidence(call, external_id):
        file = entities.object_of(body.get("fileDetails")) or entities.object_of(body.get("imageFile"))
        key = file.get("sha256") or file.get("sha1") or file.get("fileName")
        if isinstance(key, str) and key:
            found.setdefault(key, file)
    return answer_values(call, "Files", map(_show_file, found.values()))


def list_ips_of(call: Call, external_id: str) -> HttpResponse:
    """The addresses that it names."""
    addresses = (body.get("ipAddress") for body in _evidence(call, external_id))
    return answer_values(call, "Ips", [{"id": address} for address in _texts(addresses)])


def list_domains_of(call: Call, external_id: str) -> HttpResponse:
    """The hosts of the addresses of the web that it names."""
    hosts = (_host_of(body.get("url")) for body in _evidence(call, external_id))
    return answer_values(call, "Domains", [{"host": host} for host in _texts(hosts)])


def show_user_of(call: Call, external_id: str) -> HttpResponse:
    """The user that it is about, as far as they are known here."""
    alert = get_alert(call.scope, external_id)
    account = find_account(read_document(alert))
    name = account.get("accountName") or account.get("userPrincipalName")
    if not name:
        raise NoResource("The alert names no user.")
    named = evidence_of(call.scope, alert=alert).filter(identity_id__isnull=False)
    row = named.select_related("identity").order_by("position").first()
    identity = row.identity if row else None
    domain = account.get("domainName")
    return answer_object(
        call,
        "Users",
        {
            "id": f"{domain}\\{name}".lower() if domain else str(name).lower(),
            "accountName": name,
            "accountDomain": domain,
            "accountSid": account.get("userSid"),
            "firstSeen": format_time(identity.first_seen_at) if identity else None,
            "lastSeen": format_time(identity.last_seen_at) if identity else None,
            "mostPrevalentMachineId": None,
            "leastPrevalentMachineId": None,
            "logonTypes": None,
            "logOnMachinesCount": None,
            "isDomainAdmin": None,
            "isOnlyNetworkUser": None,
        },
    )


def _evidence(call: Call, external_id: str) -> list[Body]:
    return entities.evidence_of(read_document(get_alert(call.scope, external_id)))


def _show_file(file: Body) -> Mapping[str, object]:
    return {
        "sha1": file.get("sha1"),
        "sha256": file.get("sha256"),
        "md5": file.get("md5"),
        "globalPrevalence": None,
        "globalFirstObserved": None,
        "globalLastObserved": None,
        "size": file.get("fileSize"),
        "fileType": None,
        "isPeFile": None,
        "filePublisher": file.get("filePublisher"),
        "fileProductName": file.get("fileName"),
        "signer": file.get("signer"),
        "issuer": file.get("issuer"),
        "signerHash": None,
        "isValidCertificate": None,
        "determinationType": "Unknown",
        "determinationValue": "",
    }


def _host_of(url: Json) -> Json:
    """The host of an address, which may stand without its scheme."""
    if not isinstance(url, str) or not url:
        return None
    try:
        return urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None


def _texts(values: Iterable[Json]) -> list[str]:
    return list(dict.fromkeys(value for value in values if isinstance(value, str) and value))
