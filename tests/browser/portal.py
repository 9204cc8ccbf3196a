"""The whole product, as somebody starts it: the demo on a spare port of this machine."""

import email
import email.policy
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

TIDEGATE = (sys.executable, "-c", "from tidegate.config.cli import main; main()")
_SET_UP = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tidegate.config.settings"
django.setup()
"""


@dataclass(frozen=True)
class Portal:
    """A running demo: where it is, and what it told its visitors."""

    base_url: str
    home: Path
    environment: Mapping[str, str]
    handout: dict[str, Any]

    def tid(self, domain: str) -> str:
        """The Directory ID of the tenant with this default domain."""
        return str(next(t["tenant_id"] for t in self.handout["tenants"] if t["default_domain"] == domain))

    def password(self, address: str) -> str:
        return str(next(a["password"] for a in self.handout["accounts"] if a["email"] == address))

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command of the operator, on the demo's own data."""
        command = [*TIDEGATE, *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def run_code(self, code: str) -> str:
        """What Python prints beside the running server, on the demo's own data; a fault of it is raised."""
        command = [sys.executable, "-c", _SET_UP + code]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def mails_to(self, address: str) -> list[str]:
        """The texts of the mails to an address, oldest first."""
        files = sorted((self.home / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        mails = [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]
        return [_text_of(mail) for mail in mails if address in str(mail["To"])]

    def await_mail_to(self, address: str) -> str:
        """The text of the newest mail to an address, once there is one; the worker sends it."""
        ends = time.monotonic() + 15
        while not (mails := self.mails_to(address)) and time.monotonic() < ends:
            time.sleep(0.1)
        return mails[-1]


def _text_of(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    return str(plain.get_content()) if plain else ""


@contextmanager
def serve_portal(home: Path) -> Iterator[Portal]:
    """A demo on the engine of this run, gone afterwards."""
    environment = _make_environment(home)
    base_url = environment["TIDEGATE_BASE_URL"]
    log = home / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen([*TIDEGATE, "demo"], env=environment, stdout=out, stderr=out)
        try:
            _wait_for(f"{base_url}/sign-in", server, log)
            yield Portal(base_url, home, environment, json.loads((home / "demo.json").read_text()))
        finally:
            server.terminate()
            server.wait(timeout=30)


def _make_environment(home: Path) -> dict[str, str]:
    port = _spare_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")},
        "TIDEGATE_HOME": str(home),
        "TIDEGATE_HOST": "127.0.0.1",
        "TIDEGATE_PORT": str(port),
        # Passkeys belong to a name; an address has none.
        "TIDEGATE_BASE_URL": f"http://localhost:{port}",
    }
    if url := os.environ.get("TIDEGATE_DATABASE_URL"):
        environment["TIDEGATE_DATABASE_URL"] = _make_database(url, f"portal_{os.getpid()}_{port}")
    return environment


def _spare_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _make_database(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.rpartition("/")[0] + "/" + name


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(1800):
        if server.poll() is not None:
            raise RuntimeError("The server ended: " + log.read_text()[-2000:])
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310  our own server on this machine
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not answer in three minutes: " + log.read_text()[-2000:])
