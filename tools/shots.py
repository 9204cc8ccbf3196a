"""Take a picture of every page, light, dark and at 360 pixels: `make shots`.

Serves a demo of its own on a spare port of this machine and writes PNG files below `.shots/`.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(".shots")
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
ANALYST, ADMINISTRATOR = "ines.vermaat@veldwacht.example", "roos.bredeveld@orvane.example"
LEAD = "femke.ooijens@veldwacht.example"
MODES: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1440, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1440, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}, "device_scale_factor": 2},
}
ROW = "[data-row-link]"
# name: who looks for it, where, and the link that leads there. Each may use those before it.
DETAILS = {
    "incident": (ANALYST, "/incidents?tid={tid}", ROW),
    "alert": (ANALYST, "/alerts?tid={tid}", ROW),
    "device": (ANALYST, "/devices?tid={tid}", ROW),
    "offer": (ANALYST, "/myaccess", "section[aria-labelledby=offered] a.button"),
    "request": (ANALYST, "/myaccess", f"section[aria-labelledby=asked] {ROW}"),
    "approval": (LEAD, "/approvals", ROW),
    "activation": (LEAD, "/elevation?tid={tid}", "a[href*='/activate']"),
    "group": (ADMINISTRATOR, "/groups?tid={tid}", ROW),
    "role": (ADMINISTRATOR, "/roles?tid={tid}", "th a[href^='/roles/']"),
    "device_group": (ADMINISTRATOR, "/device-groups?tid={tid}", ROW),
    "organization": (ADMINISTRATOR, "/connected-organizations?tid={tid}", ROW),
    "opening": (ADMINISTRATOR, "/break-glass?tid={tid}", ROW),
    "package": (ADMINISTRATOR, "/access-packages?tid={tid}", ROW),
    "policy": (ADMINISTRATOR, "{package}", "a[href*='/policies/'][href*='/edit']"),
    "policy_create": (ADMINISTRATOR, "{package}", "a[href*='/policies/create']"),
    "assignments": (ADMINISTRATOR, "{package}", "a[href*='/assignments']"),
    "requests": (ADMINISTRATOR, "{package}", "a[href*='/requests']"),
    "principal": (ADMINISTRATOR, "/applications?tid={tid}", ROW),
    "consent": (ADMINISTRATOR, "{principal}", "main a[href*='/applications/consent']"),
    "application": (ADMINISTRATOR, "/applications?tid={tid}&show=registered", ROW),
    "application_permissions": (ADMINISTRATOR, "{application}", "a[href*='/permissions']"),
    "application_secret": (ADMINISTRATOR, "{application}", "a[href*='/secrets']"),
    "application_certificate": (ADMINISTRATOR, "{application}", "a[href*='/certificates']"),
    "siem_application": (ADMINISTRATOR, "/siem?tid={tid}", ROW),
    "feed": (ADMINISTRATOR, "/feeds?tid={tid}", ROW),
    "notification_rule": (ADMINISTRATOR, "/notifications?tid={tid}", ROW),
    "mail": (ADMINISTRATOR, "/mailbox?tid={tid}", ROW),
}
# name, who looks, address; {tid} is the shipping company's Directory ID.
PAGES = (
    ("sign-in", "", "/sign-in?next=%2Fincidents%3Ftid%3D{tid}"),
    ("sign-up", "", "/sign-up"),
    ("overview", ANALYST, "/?tid={tid}"),
    ("incidents", ANALYST, "/incidents?tid={tid}"),
    ("overview-all", ANALYST, "/?tid=all"),
    ("incidents-all", ANALYST, "/incidents?tid=all"),
    ("audit-all", LEAD, "/audit?tid=all"),
    ("users-all", LEAD, "/users?tid=all"),
    ("feeds-all", LEAD, "/feeds?tid=all"),
    ("report", ADMINISTRATOR, "/report?tid={tid}"),
    ("report-all", LEAD, "/report?tid=all"),
    ("hunting", ANALYST, "/hunting?tid=all"),
    ("search", ANALYST, "/search?tid=all&q=malware"),
    ("sightings", ANALYST, "/sightings?tid=all&q=t1059"),
    ("tenant-groups", LEAD, "/tenant-groups"),
    ("service-levels", LEAD, "/service-levels"),
    ("incident", ANALYST, "{incident}"),
    ("incident-why", ANALYST, "{incident}&why=1"),
    ("alerts", ANALYST, "/alerts?tid={tid}"),
    ("alert", ANALYST, "{alert}"),
    ("devices", ANALYST, "/devices?tid={tid}"),
    ("device", ANALYST, "{device}"),
    ("customers", ANALYST, "/customers"),
    ("my-access", ANALYST, "/myaccess"),
    ("my-access-offer", ANALYST, "{offer}"),
    ("my-access-request", ANALYST, "{request}"),
    ("coverage", LEAD, "/coverage"),
    ("approvals-everywhere", LEAD, "/approvals"),
    ("approval", LEAD, "{approval}"),
    ("elevation-activate", LEAD, "{activation}"),
    ("approvals", ADMINISTRATOR, "/approvals?tid={tid}"),
    ("approvals-decided", ADMINISTRATOR, "/approvals/decided?tid={tid}"),
    ("properties", ANALYST, "/properties?tid={tid}"),
    ("refused", ANALYST, "/incidents/2210?tid=9b04c7d2-51e8-4c3f-a6f0-2d7714be90aa"),
    ("forbidden", ANALYST, "/users?tid={tid}"),
    ("account", ANALYST, "/account/"),
    ("sessions", ANALYST, "/account/sessions"),
    ("properties-edit", ADMINISTRATOR, "/properties/edit?tid={tid}"),
    ("users", ADMINISTRATOR, "/users?tid={tid}"),
    ("invite", ADMINISTRATOR, "/users/invite?tid={tid}"),
    ("groups", ADMINISTRATOR, "/groups?tid={tid}"),
    ("group", ADMINISTRATOR, "{group}"),
    ("roles", ADMINISTRATOR, "/roles?tid={tid}"),
    ("role", ADMINISTRATOR, "{role}"),
    ("role-create", ADMINISTRATOR, "/roles/create?tid={tid}"),
    ("device-groups", ADMINISTRATOR, "/device-groups?tid={tid}"),
    ("device-group", ADMINISTRATOR, "{device_group}"),
    ("device-group-create", ADMINISTRATOR, "/device-groups/create?tid={tid}"),
    ("domains", ADMINISTRATOR, "/domains?tid={tid}"),
    ("imports", ADMINISTRATOR, "/imports?tid={tid}"),
    ("reviews", ADMINISTRATOR, "/reviews?tid={tid}"),
    ("review-begin", ADMINISTRATOR, "/reviews/begin?tid={tid}"),
    ("connected-organizations", ADMINISTRATOR, "/connected-organizations?tid={tid}"),
    ("connected-organization", ADMINISTRATOR, "{organization}"),
    ("access-packages", ADMINISTRATOR, "/access-packages?tid={tid}"),
    ("access-package", ADMINISTRATOR, "{package}"),
    ("access-package-create", ADMINISTRATOR, "/access-packages/create?tid={tid}"),
    ("policy-create", ADMINISTRATOR, "{policy_create}"),
    ("policy-edit", ADMINISTRATOR, "{policy}"),
    ("package-assignments", ADMINISTRATOR, "{assignments}"),
    ("package-requests", ADMINISTRATOR, "{requests}"),
    ("provider-setup", ADMINISTRATOR, "/access-packages/set-up?tid={tid}"),
    ("elevation", ADMINISTRATOR, "/elevation?tid={tid}"),
    ("eligibilities", ADMINISTRATOR, "/elevation/eligibilities?tid={tid}"),
    ("eligibility-create", ADMINISTRATOR, "/elevation/eligibilities/create?tid={tid}"),
    ("break-glass", ADMINISTRATOR, "/break-glass?tid={tid}"),
    ("break-glass-opening", ADMINISTRATOR, "{opening}"),
    ("outside-access", ADMINISTRATOR, "/outside-access?tid={tid}"),
    ("stop-all", ADMINISTRATOR, "/outside-access/stop?tid={tid}"),
    ("expiry", ADMINISTRATOR, "/expiry?tid={tid}&days=365"),
    ("applications", ADMINISTRATOR, "/applications?tid={tid}"),
    ("applications-registered", ADMINISTRATOR, "/applications?tid={tid}&show=registered"),
    ("application", ADMINISTRATOR, "{application}"),
    ("application-register", ADMINISTRATOR, "/applications/register?tid={tid}"),
    ("application-permissions", ADMINISTRATOR, "{application_permissions}"),
    ("application-secret", ADMINISTRATOR, "{application_secret}"),
    ("application-certificate", ADMINISTRATOR, "{application_certificate}"),
    ("application-find", ADMINISTRATOR, "/applications/consent?tid={tid}"),
    ("application-consent", ADMINISTRATOR, "{consent}"),
    ("service-principal", ADMINISTRATOR, "{principal}"),
    ("my-applications", ADMINISTRATOR, "/myaccess/applications?tid={tid}"),
    ("siem", ADMINISTRATOR, "/siem?tid={tid}"),
    ("siem-application", ADMINISTRATOR, "{siem_application}"),
    ("feeds", ADMINISTRATOR, "/feeds?tid={tid}"),
    ("feeds-ours", LEAD, "/feeds?of=ours"),
    ("feed", ADMINISTRATOR, "{feed}"),
    ("notifications", ADMINISTRATOR, "/notifications?tid={tid}"),
    ("notification-rule", ADMINISTRATOR, "{notification_rule}"),
    ("notification-rule-create", ADMINISTRATOR, "/notifications/create?tid={tid}"),
    ("notification-deliveries", ADMINISTRATOR, "/notifications/deliveries?tid={tid}"),
    ("notification-channels", ADMINISTRATOR, "/notifications/channels?tid={tid}"),
    ("notification-webhook-create", ADMINISTRATOR, "/notifications/channels/webhook?tid={tid}"),
    ("notification-rotas", ADMINISTRATOR, "/notifications/rotas?tid={tid}"),
    ("notification-rota-create", ADMINISTRATOR, "/notifications/rotas/create?tid={tid}"),
    ("notification-suppressed", ADMINISTRATOR, "/notifications/suppressed?tid={tid}"),
    ("notification-elsewhere", ADMINISTRATOR, "/notifications/elsewhere?tid={tid}"),
    ("inbox", ANALYST, "/inbox"),
    ("mailbox", ADMINISTRATOR, "/mailbox?tid={tid}"),
    ("mail", ADMINISTRATOR, "{mail}"),
    ("sign-ins", ADMINISTRATOR, "/sign-ins?tid={tid}"),
    ("audit", ADMINISTRATOR, "/audit?tid={tid}"),
    ("access", ADMINISTRATOR, "/access?tid={tid}&permission=incident.read"),
)


def main() -> None:
    """Serve, look, write."""
    OUT.mkdir(exist_ok=True)
    with serve_demo() as (base_url, handout), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        sessions = {
            email: sign_in(browser, base_url, handout, email) for email in (ANALYST, LEAD, ADMINISTRATOR)
        }
        tid = next(t["tenant_id"] for t in handout["tenants"] if t["default_domain"] == "orvane.example")
        pages = {who: open_page(browser, base_url, state) for who, state in sessions.items()}
        places = find_details(pages, tid)
        for mode, options in MODES.items():
            for name, who, address in PAGES:
                context = browser.new_context(base_url=base_url, storage_state=sessions.get(who), **options)
                page = context.new_page()
                page.goto(address.format(**places))
                page.wait_for_timeout(250)
                page.screenshot(path=OUT / f"{name}-{mode}.png")
                context.close()
        browser.close()
    print(f"{len(PAGES) * len(MODES)} pictures in {OUT}/")


@contextmanager
def serve_demo() -> Iterator[tuple[str, dict[str, Any]]]:
    """A demo with a data folder of its own, gone afterwards."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "TIDEGATE_HOME": home, "TIDEGATE_PORT": str(port)}
        command = [sys.executable, "-c", "from tidegate.config.cli import main; main()", "demo"]
        server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            base_url = f"http://127.0.0.1:{port}"
            wait_for(base_url + "/sign-in")
            yield base_url, json.loads((Path(home) / "demo.json").read_text())
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(url: str) -> None:
    """Wait until the server answers, a minute at most."""
    for _ in range(600):
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310  our own server on this machine
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The demo did not start.")


def sign_in(browser: Browser, base_url: str, handout: dict[str, Any], email: str) -> Any:
    """The browser state of somebody who is signed in."""
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Email").fill(email)
    password = next(a["password"] for a in handout["accounts"] if a["email"] == email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    return context.storage_state()


def open_page(browser: Browser, base_url: str, state: Any) -> Page:
    """A page of somebody who is signed in."""
    return browser.new_context(base_url=base_url, storage_state=state).new_page()


def find_details(pages: Mapping[str, Page], tid: str) -> dict[str, str]:
    """The addresses of all DETAILS in a tenant, as those find them whose pages these are."""
    found = {"tid": tid}
    for name, (who, where, link) in DETAILS.items():
        found[name] = _first_link(pages[who], where.format(**found), link)
    return found


def _first_link(page: Page, address: str, link: str) -> str:
    """Where the first such link leads; the page itself when there is none. It is read without being shown."""
    sent = page.request.get(address).text()
    found = page.evaluate(
        "([sent, link]) => new DOMParser().parseFromString(sent, 'text/html').querySelector(link)"
        "?.getAttribute('href')",
        [sent, link],
    )
    return str(found or address)


if __name__ == "__main__":
    main()
