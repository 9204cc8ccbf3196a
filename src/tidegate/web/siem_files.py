"""Ready configuration for common SIEMs: this portal's addresses and a tenant's ids, and never a secret.

Where a secret belongs the file says so in words, or names the place from which the SIEM reads it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final

from django.conf import settings
from django.template import Context, Engine
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.api_permissions import GrantKind, Resource
from tidegate.directory.models import ServicePrincipal
from tidegate.web.siem_arcsight import write_parser

PLACEHOLDER: Final = "PUT-THE-SECRET-HERE"
ARCSIGHT_REDIRECT: Final = "https://localhost:44300/wdatpconnector"

type Need = tuple[Resource, GrantKind, str]
_SIEM: Final[tuple[Need, ...]] = ((Resource.SIEM, GrantKind.APPLICATION, "Alerts.Fetch.All"),)
_SIEM_OF_PERSON: Final[tuple[Need, ...]] = ((Resource.SIEM, GrantKind.DELEGATED, "Alerts.Fetch"),)
_INCIDENTS: Final[tuple[Need, ...]] = ((Resource.GRAPH, GrantKind.APPLICATION, "SecurityIncident.Read.All"),)
_GRAPH: Final[tuple[Need, ...]] = (
    (Resource.GRAPH, GrantKind.APPLICATION, "SecurityAlert.Read.All"),
    *_INCIDENTS,
)


@dataclass(frozen=True, slots=True)
class SiemFile:
    """One download: its name, for what it is, and what the application must have been granted."""

    name: str
    product: str | Promise
    hint: Promise
    needs: tuple[Need, ...]
    write: Callable[["Place"], str]


@dataclass(frozen=True, slots=True)
class Place:
    """Whose alerts a file is for, and as which application they are fetched."""

    tenant_id: str
    tenant: str
    client_id: str
    application: str
    redirect: str
    base: str

    @property
    def token_url(self) -> str:
        """Where tokens of the tenant are asked for, v2.0."""
        return f"{self.base}/{self.tenant_id}/oauth2/v2.0/token"


def place_of(principal: ServicePrincipal, tenant_name: str) -> Place:
    """What the files of a service principal are filled with."""
    redirects = principal.application.redirect_uris
    return Place(
        tenant_id=str(principal.tenant_id),
        tenant=_one_line(tenant_name),
        client_id=str(principal.client_id),
        application=_one_line(principal.display_name),
        redirect=redirects[0]["uri"] if redirects else ARCSIGHT_REDIRECT,
        base=settings.BASE_URL,
    )


# No HTML: nothing is escaped.
_ENGINE: Final = Engine(app_dirs=True, autoescape=False)


def _fill(name: str) -> Callable[[Place], str]:
    def write(place: Place) -> str:
        template = _ENGINE.get_template(f"web/siem/files/{name}")
        values = {each.name: getattr(place, each.name) for each in fields(place)}
        return str(template.render(Context({**values, "arcsight_redirect": ARCSIGHT_REDIRECT})))

    return write


def _write_sentinel(place: Place) -> str:
    """A connection of Microsoft Sentinel's Codeless Connector Framework, of the kind RestApiPoller."""
    connection = {
        "name": f"tidegate-{place.tenant_id}",
        "kind": "RestApiPoller",
        "properties": {
            "connectorDefinitionName": "Tidegate",
            "dataType": "TidegateAlerts_CL",
            "auth": {
                "type": "OAuth2",
                "GrantType": "client_credentials",
                "ClientId": place.client_id,
                "ClientSecret": PLACEHOLDER,
                "TokenEndpoint": place.token_url,
                "TokenEndpointHeaders": {"Content-Type": "application/x-www-form-urlencoded"},
                "Scope": "https://graph.windows.net/.default",
            },
            "request": {
                "apiEndpoint": f"{place.base}/api/alerts",
                "httpMethod": "GET",
                "queryWindowInMin": 5,
                "queryTimeFormat": "yyyy-MM-ddTHH:mm:ssZ",
                "startTimeAttributeName": "sinceTimeUtc",
                "endTimeAttributeName": "untilTimeUtc",
                "rateLimitQPS": 1,
                "retryCount": 3,
                "timeoutInSeconds": 60,
            },
            "response": {"eventsJsonPaths": ["$"], "format": "json"},
            "dcrConfig": {
                "streamName": "Custom-TidegateAlerts",
                "dataCollectionEndpoint": "PUT-YOUR-DATA-COLLECTION-ENDPOINT-HERE",
                "dataCollectionRuleImmutableId": "PUT-YOUR-RULE-HERE",
            },
        },
    }
    return json.dumps(connection, indent=2) + "\n"


def _one_line(text: str) -> str:
    """A name as a comment can hold it: no sign of it ends the line or writes backwards."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


SIEM_FILES: Final = {
    file.name: file
    for file in (
        SiemFile(
            "fetch-alerts.sh",
            _("Any SIEM: curl and jq"),
            _("A script that goes on where it ended; also used by Splunk and Logstash."),
            _SIEM,
            _fill("fetch-alerts.sh"),
        ),
        SiemFile(
            "inputs.conf", "Splunk", _("With the script, or the REST API input."), _SIEM, _fill("inputs.conf")
        ),
        SiemFile(
            "WDATP-connector.properties",
            "ArcSight",
            _("How the REST FlexConnector signs in."),
            _SIEM_OF_PERSON,
            _fill("WDATP-connector.properties"),
        ),
        SiemFile(
            "WDATP-connector.jsonparser.properties",
            "ArcSight",
            _("Which field becomes which, as for Microsoft's own alerts."),
            _SIEM_OF_PERSON,
            lambda _place: write_parser(),
        ),
        SiemFile(
            "sentinel-connector.json",
            "Microsoft Sentinel",
            _("A connection of the Codeless Connector Framework."),
            _SIEM,
            _write_sentinel,
        ),
        SiemFile(
            "logstash.conf", "Logstash", _("To Elasticsearch or Sentinel."), _SIEM, _fill("logstash.conf")
        ),
        SiemFile(
            "filebeat.yml", "Elastic", _("An httpjson input of Filebeat."), _SIEM, _fill("filebeat.yml")
        ),
        SiemFile(
            "opencti-connector.env",
            "OpenCTI",
            _("For the connector of Microsoft Defender incidents."),
            _INCIDENTS,
            _fill("opencti-connector.env"),
        ),
        SiemFile(
            "xsoar-instance.txt",
            "Cortex XSOAR",
            _("What to fill in for an instance."),
            _GRAPH,
            _fill("xsoar-instance.txt"),
        ),
    )
}
