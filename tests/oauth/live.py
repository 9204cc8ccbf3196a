"""The whole product behind TLS on a spare port, with one application and its people, for real clients."""

import html
import ipaddress
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urljoin

import psycopg
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.utils import timezone
from psycopg import sql

ROOT: Final = Path(__file__).resolve().parents[2]
TIDEGATE: Final = (sys.executable, "-c", "from tidegate.config.cli import main; main()")
PASSWORD: Final = "correct horse battery staple"
CALLBACK: Final = "http://localhost:8400/cb"
_SEED: Final = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tidegate.config.settings"
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.oauth.live_seed import seed
print(json.dumps(seed()))
"""


@dataclass(frozen=True)
class Live:
    """Where the server is, whom to trust for it, and what it holds."""

    base_url: str
    ca_file: str
    facts: Mapping[str, Any]

    def authority(self, place: str = "") -> str:
        return f"{self.base_url}/{place or self.facts['tenant_id']}"

    def browse(self, address: str, *, user_code: str = "") -> str:
        """Where a person's browser ends who signs in and says yes to everything."""
        session = requests.Session()
        session.trust_env = False
        session.verify = self.ca_file
        response = session.get(address, allow_redirects=False)
        for _ in range(12):
            if response.is_redirect:
                target = urljoin(response.url, response.headers["Location"])
                if target.startswith(CALLBACK):
                    return target
                response = session.get(target, allow_redirects=False)
            elif form := _find_form(response.text, user_code):
                action, values = form
                if action == CALLBACK:
                    return f"{CALLBACK}?{urlencode(values)}"
                values |= {"login": self.facts["email"], "password": PASSWORD, "decision": "accept"}
                target = urljoin(response.url, action)
                headers = {"Referer": response.url}
                response = session.post(target, values, headers=headers, allow_redirects=False)
            else:
                return response.text
        raise RuntimeError(f"The browser went in circles: {response.url}")


@contextmanager
def serve_live(home: Path) -> Iterator[Live]:
    """A server on the engine of this run, gone afterwards."""
    certificate, key, authority = write_certificates(home)
    port = _spare_port()
    environment = _make_environment(home, port)
    seeded = subprocess.run(
        [sys.executable, "-c", _SEED], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if seeded.returncode:
        raise RuntimeError(seeded.stderr)
    log = home / "server.log"
    command = [*TIDEGATE, "serve", "--no-worker", "--tls-cert", str(certificate), "--tls-key", str(key)]
    with log.open("w") as out:
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
        try:
            live = Live(f"https://127.0.0.1:{port}", str(authority), json.loads(seeded.stdout))
            _wait_for(live, server, log)
            yield live
        finally:
            server.terminate()
            server.wait(timeout=30)


def write_certificates(home: Path) -> tuple[Path, Path, Path]:
    """A throw-away authority, and a certificate of it for this machine: certificate, key, authority."""
    authority_key, own_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    authority = _certify("Throw-away CA", authority_key, "Throw-away CA", authority_key, is_authority=True)
    own = _certify("127.0.0.1", own_key, "Throw-away CA", authority_key, is_authority=False)
    paths = home / "server.pem", home / "server.key", home / "ca.pem"
    paths[0].write_bytes(own.public_bytes(Encoding.PEM))
    paths[1].write_bytes(own_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    paths[2].write_bytes(authority.public_bytes(Encoding.PEM))
    return paths


def _certify(
    name: str, key: rsa.RSAPrivateKey, issuer: str, issuer_key: rsa.RSAPrivateKey, *, is_authority: bool
) -> x509.Certificate:
    subject, signer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (name, issuer))
    now = timezone.now()
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(signer).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    theirs = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    builder = builder.add_extension(own, critical=False).add_extension(theirs, critical=False)
    if not is_authority:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, SHA256())


def _find_form(page: str, user_code: str) -> tuple[str, dict[str, str]] | None:
    """The form that goes on: the one with a password, an answer to give, or a code to type."""
    for form in re.findall(r"<form[^>]*>.*?</form>", page, re.DOTALL):
        is_next = 'name="password"' in form or 'value="accept"' in form or 'id="user_code"' in form
        is_next = is_next or "data-submit" in form
        if is_next:
            action = re.search(r'action="([^"]*)"', form.partition(">")[0])
            values = dict(_read_input(tag) for tag in re.findall(r"<input[^>]*>", form))
            typed = {"user_code": user_code} if user_code else {}
            return html.unescape(action.group(1)) if action else "", values | typed
    return None


def _read_input(tag: str) -> tuple[str, str]:
    name, value = (re.search(rf'\s{key}="([^"]*)"', tag) for key in ("name", "value"))
    return html.unescape(name.group(1)) if name else "", html.unescape(value.group(1)) if value else ""


def _make_environment(home: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
    environment = {
        **kept,
        "TIDEGATE_HOME": str(home),
        "TIDEGATE_HOST": "127.0.0.1",
        "TIDEGATE_PORT": str(port),
        "TIDEGATE_BASE_URL": f"https://127.0.0.1:{port}",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
    }
    if url := os.environ.get("TIDEGATE_DATABASE_URL"):
        name = f"live_{os.getpid()}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        environment["TIDEGATE_DATABASE_URL"] = url.rpartition("/")[0] + "/" + name
    return environment


def _spare_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(live: Live, server: "subprocess.Popen[bytes]", log: Path) -> None:
    session = requests.Session()
    session.trust_env = False
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError("The server ended: " + log.read_text()[-2000:])
        try:
            session.get(f"{live.base_url}/common/discovery/keys", verify=live.ca_file, timeout=2)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not answer in a minute: " + log.read_text()[-2000:])
