"""The server's own TLS, as any client meets it."""

import ssl
from contextlib import closing
from http.client import HTTPSConnection

import pytest

from tests.clients.portal import Portal

pytestmark = pytest.mark.one_engine


def test_pages_have_secure_cookies_and_bind_no_other_port_of_this_machine(portal: Portal) -> None:
    answer = portal.ask("GET", "/sign-in")

    assert "Strict-Transport-Security" not in answer.headers
    assert [(cookie.name, cookie.secure) for cookie in answer.cookies] == [("csrftoken", True)]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_only_tls_of_today_is_spoken(portal: Portal) -> None:
    assert status_over(portal, ssl.TLSVersion.TLSv1_2) == 200
    with pytest.raises(ssl.SSLError):
        status_over(portal, ssl.TLSVersion.TLSv1_1)


def status_over(portal: Portal, version: ssl.TLSVersion) -> int:
    """What a client is answered that speaks this version and no other, however old."""
    context = portal.trust()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with closing(HTTPSConnection("127.0.0.1", portal.port, context=context, timeout=30)) as asking:
        asking.request("GET", "/sign-in")
        return asking.getresponse().status
