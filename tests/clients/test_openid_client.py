"""A certified relying party of the web's own language, openid-client, pointed at a tenant here."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.clients.portal import Browser, Portal
from tests.clients.world import ADA, CALLBACK, SECRET
from tests.manifest.making import CLIENT, CUSTOMER
from tools.system_packages import has_node

SOURCE: Final = Path(__file__).parent / "openid_client"
CACHE: Final = Path(__file__).resolve().parents[2] / ".cache" / "clients" / "openid_client"

pytestmark = [
    pytest.mark.one_engine,
    pytest.mark.skipif(not has_node(), reason="node (20 or newer) or npm is not installed"),
]


@pytest.fixture(scope="module")
def told(portal: Portal) -> Any:
    """What the library made of everything, in one run."""
    environment = {
        **os.environ,
        "ISSUER": f"{portal.base}/{CUSTOMER}/v2.0",
        "CLIENT_ID": CLIENT,
        "CLIENT_SECRET": SECRET,
        "CALLBACK": CALLBACK,
    }
    command = ["node", str(install() / "probe.mjs")]
    browser = Browser(portal, ADA)
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        *_, last = answering(process, browser)
    browser.session.close()
    assert process.returncode == 0
    return last["told"]


def answering(process: subprocess.Popen[str], browser: Browser) -> Iterator[Any]:
    """Each line that the program writes; where it asks for a person, that person goes."""
    assert process.stdin is not None
    assert process.stdout is not None
    for line in process.stdout:
        said = json.loads(line)
        if "person" in said:
            process.stdin.write(browser.follow(said["person"], said["code"]) + "\n")
            process.stdin.flush()
        yield said


def install() -> Path:
    """The library in the project's cache, installed once for each lock; skipped where that cannot be had."""
    lock = SOURCE / "package-lock.json"
    installed = CACHE / "installed.json"
    if not installed.exists() or installed.read_bytes() != lock.read_bytes():
        shutil.copytree(SOURCE, CACHE, dirs_exist_ok=True)
        ended = subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=CACHE, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if ended.returncode and os.environ.get("CI", "").lower() not in {"1", "true", "yes"}:
            pytest.skip(f"openid-client could not be installed: {ended.stderr[-200:]}")
        assert ended.returncode == 0, ended.stderr
        shutil.copy(lock, installed)
    shutil.copy(SOURCE / "probe.mjs", CACHE)
    return CACHE


def test_issuer_is_exactly_the_tenants(portal: Portal, told: Any) -> None:
    """At /common the issuer is a pattern, which the library rightly refuses outside Microsoft's own host."""
    assert told["issuer"] == f"{portal.base}/{CUSTOMER}/v2.0"
    assert told["foreignIssuer"] == "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED"


def test_person_is_in_a_signed_token_with_the_nonce(portal: Portal, told: Any) -> None:
    claims = told["claims"]

    assert (claims["iss"], claims["aud"]) == (f"{portal.base}/{CUSTOMER}/v2.0", CLIENT)
    assert (claims["tid"], claims["preferred_username"], claims["ver"]) == (CUSTOMER, ADA.email, "2.0")


def test_code_is_good_once_and_for_its_verifier(told: Any) -> None:
    assert told["refused"] == {"again": "invalid_grant", "foreign": "invalid_grant"}


def test_person_is_described(told: Any) -> None:
    person = told["person"]

    assert (person["sub"], person["email"]) == (told["claims"]["sub"], ADA.email)


def test_refresh_gives_a_new_token_of_the_same_person(told: Any) -> None:
    assert told["refreshed"] == {"isNew": True, "subject": told["claims"]["sub"], "refused": "invalid_grant"}


@pytest.mark.parametrize("how", ["post", "basic"])
def test_program_gets_a_token_for_itself(told: Any, how: str) -> None:
    assert told[how]["type"] == "bearer"
    assert 3000 < told[how]["seconds"] <= 3600


def test_wrong_secret_is_refused(told: Any) -> None:
    assert told["wrongSecret"] == "invalid_client"


def test_device_waits_for_its_person(told: Any) -> None:
    assert told["device"] == {"seconds": 900, "tenant": CUSTOMER, "canRefresh": True}
