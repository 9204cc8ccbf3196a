"""The product served over TLS, and a person's browser without scripts in front of it."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import requests

from tests.clients.world import SECRET, Person
from tests.manifest.making import CLIENT, CUSTOMER


@dataclass(frozen=True)
class Portal:
    """A server that runs, and how to trust it."""

    port: int
    authority: Path

    @property
    def base(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request, written as it stands: no address is mended, no redirect followed."""
        asked = {"verify": str(self.authority), "allow_redirects": False, **options}
        return requests.request(method, self.base + path, timeout=30, **asked)

    def token(self, scope: str, tenant: str = CUSTOMER) -> str:
        """A token of the example's application for itself."""
        form = {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": SECRET}
        answer = self.ask("POST", f"/{tenant}/oauth2/v2.0/token", data={**form, "scope": scope})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])


@dataclass
class Form:
    """One form of a page."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page, with what they hold already."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "form":
            self.found.append(Form(told.get("action", ""), told.get("method", "get").lower()))
        elif tag == "button" and self.found:
            self.found[-1].buttons.append((name, value))
        elif tag == "input" and name and self.found and _is_sent(told):
            self.found[-1].fields[name] = value


def _is_sent(told: Mapping[str, str]) -> bool:
    return told.get("type") not in {"checkbox", "radio"} or "checked" in told


def _choose(page: str) -> Form | None:
    """The form of the page itself, not of its frame."""
    for form in Forms(page).found:
        asks = form.fields.keys() & {"password", "user_code", "code"} or ("decision", "deny") in form.buttons
        if form.method == "post" and asks:
            return form
    return None


@dataclass
class Browser:
    """A person's browser: it keeps cookies, follows redirects within the portal, and fills in forms."""

    portal: Portal
    person: Person
    session: requests.Session = field(default_factory=requests.Session)
    decision: str = "accept"
    seen: list[str] = field(default_factory=list)

    def follow(self, address: str, user_code: str = "") -> str:
        """From the address that an application sends its person to, up to where that leads outside.

        What a form would post there stands in its query. Where it ends on a page, as after a device's
        code, that page's address. `seen` names the pages.
        """
        response = self._send("GET", address)
        while response.url.startswith(self.portal.base):
            form = _choose(response.text)
            if form is None:
                return response.url
            if "code" in form.fields:
                return f"{form.action}?{urlencode(form.fields)}"
            response = self._post(response.url, form, user_code)
        return response.url

    def _post(self, url: str, form: Form, user_code: str) -> requests.Response:
        fields = dict(form.fields)
        if "password" in fields:
            self.seen.append("sign-in")
            fields |= {"login": self.person.email, "password": self.person.password}
        elif ("decision", "accept") in form.buttons:
            self.seen.append("consent")
            fields["decision"] = self.decision
        else:
            self.seen.append("code")
            fields["user_code"] = user_code
        return self._send("POST", urljoin(url, form.action), data=fields, headers={"Referer": url})

    def _send(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send, and follow; an address outside is not asked, only told."""
        kept = {"verify": str(self.portal.authority), "timeout": 30, "allow_redirects": False, **options}
        response = self.session.request(method, url, **kept)
        assert response.status_code < 400, (url, response.status_code, response.text)
        if not response.is_redirect:
            return response
        target = urljoin(response.url, response.headers["Location"])
        if target.startswith(self.portal.base):
            return self._send("GET", target)
        response.url = target
        return response
