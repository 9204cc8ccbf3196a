"""One server for all the clients: started once, with data of its own, on the engine of the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.portal import Browser, Portal
from tests.clients.world import (
    ADA,
    CUSTOMER_DOMAIN,
    OTHER_DOMAIN,
    our_alerts,
    their_alerts,
    write_world,
)
from tests.connectors.samples import as_lines
from tests.support.certificates import make_certificates
from tests.support.served import free_port, own_environment, run_tidegate, serving


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder waits for a server."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The server. It is one for all tests: none of them may take away what another one finds."""
    folder = tmp_path_factory.mktemp("served")
    files, port = make_certificates(folder), free_port()
    environment = own_environment(folder / "home", "clients")
    run_tidegate(environment, "apply", str(write_world(folder)))
    for domain, alerts in ((CUSTOMER_DOMAIN, our_alerts()), (OTHER_DOMAIN, their_alerts())):
        path = folder / f"{domain}.json"
        path.write_bytes(as_lines(alerts))
        run_tidegate(environment, "import", "--tid", domain, str(path))
    told = ("--port", str(port), "--tls-cert", str(files.cert), "--tls-key", str(files.key))
    made = Portal(port, files.authority)
    with (
        serving(environment, *told, url=f"{made.base}/sign-in", context=made.trust()),
        pytest.MonkeyPatch.context() as patch,
    ):
        # A machine's own authorities go before those that a client names.
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
            patch.setenv(name, str(files.authority))
        yield made


@pytest.fixture
def browser(portal: Portal) -> Iterator[Browser]:
    """The browser of the customer's administrator, who has not signed in yet."""
    opened = Browser(portal, ADA)
    yield opened
    opened.session.close()
