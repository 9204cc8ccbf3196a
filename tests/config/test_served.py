"""An operator describes a provider in a file, takes alerts in, serves over TLS; a program reads them."""

import json
import ssl
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import msal  # type: ignore[import-untyped]
import pytest

from tests.connectors.samples import as_lines, graph_alert
from tests.manifest.making import CLIENT, CUSTOMER, EXAMPLE
from tests.support.certificates import make_certificates
from tests.support.served import free_port, own_environment, run_tidegate, serving

SECRET = "a-secret-of-this-example-only.1"
SINCE = "2026-01-01T00:00:00Z"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Portal:
    """A server that runs, and how to trust it."""

    port: int
    authority: Path

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def get(self, path: str, token: str = "", context: ssl.SSLContext | None = None) -> Answer:
        asking = HTTPSConnection("127.0.0.1", self.port, context=context or self.trust(), timeout=30)
        with closing(asking):
            asking.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = asking.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def read(self, path: str, token: str) -> Any:
        answer = self.get(path, token)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def token(self, tenant: str, scope: str) -> str:
        """A token of the example's application, got by a library that knows nothing of us."""
        program = msal.ConfidentialClientApplication(
            CLIENT,
            client_credential=SECRET,
            authority=f"{self.base}/{tenant}",
            instance_discovery=False,
            verify=str(self.authority),
        )
        answer = program.acquire_token_for_client([scope])
        assert "access_token" in answer, answer
        return str(answer["access_token"])


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("served")
    files, port = make_certificates(folder), free_port()
    environment = own_environment(folder / "home", "served")
    run_tidegate(environment, "apply", str(EXAMPLE))
    for domain, name in (("delta.example", "ours"), ("polder.example", "theirs")):
        path = folder / f"{name}.json"
        path.write_bytes(as_lines([graph_alert(id=name, title=f"Alert {name}")]))
        run_tidegate(environment, "import", "--tid", domain, str(path))
    told = ("--port", str(port), "--tls-cert", str(files.cert), "--tls-key", str(files.key))
    made = Portal(port, files.authority)
    with (
        serving(environment, *told, url=f"{made.base}/sign-in", context=made.trust()),
        pytest.MonkeyPatch.context() as patch,
    ):
        # A machine's own authorities go before those that a client names.
        patch.setenv("REQUESTS_CA_BUNDLE", str(files.authority))
        yield made


def test_pages_come_over_tls_with_secure_cookies_and_hsts(portal: Portal) -> None:
    headers = portal.get("/sign-in").headers

    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert all("Secure" in cookie.split("; ") for cookie in headers.get_all("Set-Cookie", []))
    assert headers["Set-Cookie"].startswith("csrftoken=")


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_only_tls_of_today_is_spoken(portal: Portal) -> None:
    assert portal.get("/sign-in", context=only(portal, ssl.TLSVersion.TLSv1_2)).status == 200
    with pytest.raises(ssl.SSLError):
        portal.get("/sign-in", context=only(portal, ssl.TLSVersion.TLSv1_1))


def test_program_reads_a_customers_alerts_over_graph(portal: Portal) -> None:
    token = portal.token(CUSTOMER, "https://graph.microsoft.com/.default")

    told = portal.read("/v1.0/security/alerts_v2", token)

    assert [(one["title"], one["tenantId"]) for one in told["value"]] == [("Alert ours", CUSTOMER)]


def test_program_reads_detections_over_the_siem_api(portal: Portal) -> None:
    token = portal.token("delta.example", "https://graph.windows.net/.default")

    told = portal.read(f"/api/alerts?sinceTimeUtc={SINCE}", token)

    assert [one["AlertTitle"] for one in told] == ["Alert ours"]


def only(portal: Portal, version: ssl.TLSVersion) -> ssl.SSLContext:
    """A client that speaks this version and no other, however old."""
    context = portal.trust()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    return context
