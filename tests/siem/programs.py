"""Programs that fetch and change, and the records that tests fetch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from django.test import Client

from tests.applications import Program, app_permissions, let_in, make_program
from tests.cast import Cast
from tests.connectors.samples import TYPE, graph_alert
from tidegate.authorization.api_permissions import Resource
from tidegate.directory.models import Tenant

ROLES: Final[Mapping[Resource, tuple[str, ...]]] = {
    Resource.SIEM: ("Alerts.Fetch.All",),
    Resource.DEFENDER: ("Alert.ReadWrite.All", "Machine.ReadWrite.All"),
    Resource.DEFENDER_XDR: ("Incident.ReadWrite.All",),
}

DEVICE: Final = {
    "@odata.type": TYPE + "deviceEvidence",
    "mdeDeviceId": "d1",
    "azureAdDeviceId": "aad-1",
    "deviceDnsName": "pc1.corp.example",
    "osPlatform": "Windows11",
    "osBuild": 22631,
    "version": "23H2",
    "healthStatus": "active",
    "riskScore": "high",
    "onboardingStatus": "onboarded",
    "defenderAvStatus": "updated",
    "rbacGroupName": "Plant",
    "tags": ["vip"],
    "ipInterfaces": ["127.0.0.1", "10.0.0.7"],
    "loggedOnUsers": [{"accountName": "ann", "domainName": "CORP"}],
}
FILE: Final = {
    "@odata.type": TYPE + "fileEvidence",
    "mdeDeviceId": "d1",
    "detectionStatus": "detected",
    "verdict": "malicious",
    "remediationStatus": "none",
    "fileDetails": {"fileName": "a.exe", "filePath": "C:\\Temp", "sha1": "5f1e", "sha256": "8963"},
}
USER: Final = {
    "@odata.type": TYPE + "userEvidence",
    "userAccount": {"accountName": "ann", "domainName": "CORP", "userSid": "S-1-5-21-7"},
}
ADDRESS: Final = {"@odata.type": TYPE + "ipEvidence", "ipAddress": "203.0.113.9"}
LINK: Final = {"@odata.type": TYPE + "urlEvidence", "url": "https://evil.example/x?y=1"}


@dataclass(frozen=True)
class Speaker:
    """A program that speaks to one API in one tenant."""

    program: Program
    tenant: Tenant
    resource: Resource
    roles: tuple[str, ...]

    def get(self, path: str, **parameters: Any) -> Any:
        return Client().get(path, parameters or None, headers=self.headers())

    def post(self, path: str, body: object) -> Any:
        return self._send("post", path, body)

    def patch(self, path: str, body: object) -> Any:
        return self._send("patch", path, body)

    def headers(self) -> dict[str, str]:
        return self.program.header(self.tenant, self.resource, *self.roles)

    def _send(self, method: str, path: str, body: object) -> Any:
        data = body if isinstance(body, bytes) else msgspec.json.encode(body)
        send = getattr(Client(), method)
        return send(path, data, content_type="application/json", headers=self.headers())


def speak(
    cast: Cast, resource: Resource, *roles: str, tenant: Tenant | None = None, program: Program | None = None
) -> Speaker:
    """A program of the provider, let into the customer (or another tenant) with these or all roles."""
    where, values = tenant or cast.customer, roles or ROLES[resource]
    speaker = Speaker(program or make_program(cast), where, resource, values)
    let_in(speaker.program, where, *app_permissions(resource, *values))
    return speaker


def read(response: Any) -> Any:
    """The body as a value, streamed or not; reading it to its end is what ends a delivery."""
    return msgspec.json.decode(response.getvalue())


def full_alert(**changes: Any) -> dict[str, Any]:
    """An alert that names one of everything."""
    return graph_alert(evidence=[DEVICE, FILE, USER, ADDRESS, LINK], category="Malware", **changes)
