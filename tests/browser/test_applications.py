"""Programs, set up by people in their browsers: registered, proven, consented to; one fetches alerts."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenAs
from tests.browser.people import FEMKE, NIAMH
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser

TENANT = "Corvanta Retail"


def register(page: Page, tid: str, name: str) -> tuple[str, str]:
    """Register an application; its client id, and the text of a secret made for it."""
    page.goto(f"/applications/register?tid={tid}")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Register", exact=True).click()
    client_id = page.get_by_label("Application (client) ID", exact=True).input_value()
    page.get_by_role("link", name="Secret", exact=True).click()
    page.get_by_label("What it is for").fill("Tests")
    page.get_by_role("button", name="Make a secret").click()
    secret = page.get_by_label("Secret", exact=True).input_value()
    page.get_by_role("link", name="I have copied it").click()
    return client_id, secret


def test_application_is_registered_consented_to_and_withdrawn_from(open_as: OpenAs, portal: Portal) -> None:
    page = open_as(NIAMH)
    client_id, secret = register(page, portal.tid("corvanta.example"), "Shop dashboard")
    assert len(secret) == 40
    expect(page.get_by_role("region", name="Secrets and certificates")).to_contain_text("Tests")
    assert secret not in page.content()

    page.get_by_role("link", name="Choose permissions").first.click()
    page.get_by_role("group", name="Microsoft Graph, by itself").get_by_label("Read all alerts").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name=f"Grant consent for {TENANT}").click()
    page.get_by_role("button", name=f"Grant for {TENANT}").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Shop dashboard In force")
    page.get_by_label("Read all alerts (SecurityAlert.Read.All)").check()
    page.get_by_role("button", name="Withdraw what is ticked").click()
    expect(page.locator("main")).to_contain_text(f"Shop dashboard may not do this at {TENANT}")
    page.get_by_role("button", name=f"Withdraw at {TENANT}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Granted nothing")
    expect(page.locator("main")).to_contain_text(client_id)


def test_certificate_is_read_from_a_file_that_is_not_sent(
    open_as: OpenAs, portal: Portal, tmp_path: Path
) -> None:
    page = open_as(NIAMH)
    register(page, portal.tid("corvanta.example"), "Signing program")
    page.get_by_role("link", name="Certificate", exact=True).click()
    file = tmp_path / "x.pem"
    file.write_text("-----BEGIN CERTIFICATE-----\nnot one\n")
    page.get_by_label("Read it from a file").set_input_files(file)
    expect(page.get_by_label("Certificate, as PEM")).to_have_value(file.read_text())
    page.get_by_role("button", name="Add a certificate").click()
    expect(page.get_by_role("alert")).to_contain_text("must be one X.509 certificate in PEM")


def test_provider_fetches_alerts_with_the_file_that_the_customer_downloads(
    open_as: OpenAs, portal: Portal, tmp_path: Path
) -> None:
    home, tid = portal.tid("veldwacht.example"), portal.tid("corvanta.example")
    client_id, secret = register(open_as(FEMKE), home, "Corvanta SIEM MSSP Connector")
    page = open_as(NIAMH, f"/siem?tid={tid}")
    page.get_by_label("Application ID").fill(client_id)
    page.get_by_label("Tenant ID of the provider").fill(home)
    page.get_by_role("button", name=f"Authorise for {TENANT}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Corvanta SIEM MSSP Connector In force")

    with page.expect_download() as started:
        page.get_by_role("link", name="fetch-alerts.sh").click()
    script = tmp_path / "fetch-alerts.sh"
    started.value.save_as(script)
    assert secret not in script.read_text()
    if not (shutil.which("curl") and shutil.which("jq")):
        pytest.skip("curl or jq is not installed")

    first, second = (fetch(script, secret, tmp_path) for _time in range(2))
    assert len(first) > 5
    assert {alert["LinkToWDATP"].split("?tid=")[1] for alert in first} == {tid}
    assert len(second) < len(first)

    page.goto(f"/feeds?tid={tid}")
    row = page.get_by_role("row").filter(has_text="Corvanta SIEM MSSP Connector")
    expect(row).to_contain_text("Alerts, SIEM API")


def fetch(script: Path, secret: str, folder: Path) -> list[dict[str, str]]:
    """The alerts that the script gives."""
    secret_file = folder / "secret"
    secret_file.write_text(f"{secret}\n")
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "TIDEGATE_SECRET_FILE": str(secret_file),
        "TIDEGATE_SINCE_FILE": str(folder / "since"),
    }
    done = subprocess.run(
        ["/bin/sh", str(script)], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]
