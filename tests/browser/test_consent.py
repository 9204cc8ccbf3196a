"""An application sends somebody to sign in, and gets them back: what a real browser lets through."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE, watch
from tests.browser.people import WREN, sign_in
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser
_REGISTER = """
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import OPERATOR, Entry, Scope
from tidegate.directory.actions.applications import Redirect, Registration, register_application
from tidegate.directory.models import Domain

tenant = Domain.objects.get(name="kestrelmoor.example").tenant
scope = Scope(OPERATOR, Entry(tenant.id, tenant.display_name, None, None, frozenset(Permission)))
registration = Registration("Night desk", redirects=[Redirect("http://localhost/callback", "publicClient")])
print(tenant.id, register_application(scope, registration).client_id)
"""


class Application:
    """A program that waits for its person on this machine, and keeps what their browser brings."""

    def __init__(self) -> None:
        brought: list[dict[str, list[str]]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._take(urlsplit(self.path).query)

            def do_POST(self) -> None:
                self._take(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def log_message(self, *_words: Any) -> None:
                pass

            def _take(self, text: str) -> None:
                if "callback" in self.path:
                    brought.append(parse_qs(text))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.brought = brought
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def callback(self) -> str:
        return f"http://localhost:{self.server.server_port}/callback"


@pytest.fixture(scope="module")
def registered(portal: Portal) -> list[str]:
    return portal.run_code(_REGISTER).split()


@pytest.fixture
def application() -> Iterator[Application]:
    application = Application()
    yield application
    application.server.shutdown()
    application.server.server_close()


@pytest.fixture
def page(portal: Portal, browser: Browser) -> Iterator[Page]:
    """A browser of nobody."""
    faults: list[str] = []
    context = browser.new_context(base_url=portal.base_url)
    context.set_default_timeout(PATIENCE)
    watch(context, faults)
    yield context.new_page()
    context.close()
    assert faults == []


def _address(registered: list[str], application: Application, **changes: str) -> str:
    tenant_id, client_id = registered
    values = {
        "client_id": client_id,
        "response_type": "code",
        "redirect_uri": application.callback,
        "scope": "openid",
        "state": "s1",
        **changes,
    }
    return f"/{tenant_id}/oauth2/v2.0/authorize?{urlencode(values)}"


def _come_as_wren(portal: Portal, page: Page, address: str) -> None:
    page.goto(address)
    sign_in(page, WREN, portal.password(WREN))


def test_person_signs_in_agrees_and_is_back(
    portal: Portal, registered: list[str], application: Application, page: Page
) -> None:
    _come_as_wren(portal, page, _address(registered, application, scope="openid User.Read"))
    page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{application.callback}**")

    (brought,) = application.brought
    assert set(brought) == {"code", "state", "session_state"}


def test_sign_in_alone_leads_back_where_nothing_is_to_be_asked(
    portal: Portal, registered: list[str], application: Application, page: Page
) -> None:
    _come_as_wren(portal, page, _address(registered, application))
    page.wait_for_url(f"{application.callback}**")

    (brought,) = application.brought
    assert brought["state"] == ["s1"]


def test_answer_is_posted_without_a_press(
    portal: Portal, registered: list[str], application: Application, page: Page
) -> None:
    _come_as_wren(portal, page, _address(registered, application, response_mode="form_post"))
    page.wait_for_url(application.callback)

    (brought,) = application.brought
    assert set(brought) == {"code", "state", "session_state"}
