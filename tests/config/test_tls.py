"""The server's own TLS: what it refuses to start with, and what follows from it."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.certificates import Certificates, make_certificates, write_key
from tidegate.config.cli import prepare_serving
from tidegate.config.environment import BadSetting, TlsFiles, read_environment
from tidegate.config.serving import check_tls


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


def test_certificate_and_its_key_are_taken(files: Certificates) -> None:
    check_tls(TlsFiles(files.cert, files.key))


def test_key_that_is_not_there_is_named(files: Certificates, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"^TIDEGATE_TLS_KEY: .*/absent is not a file that can be read$"):
        check_tls(TlsFiles(files.cert, tmp_path / "absent"))


def test_key_of_another_certificate_is_said_to_be(files: Certificates, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.write_bytes(write_key(ec.generate_private_key(ec.SECP256R1())))

    with pytest.raises(BadSetting, match=r"^TIDEGATE_TLS_KEY: .* is not the key of the certificate"):
        check_tls(TlsFiles(files.cert, other))


@pytest.mark.parametrize("passphrase", ["swordfish", None])
def test_key_that_cannot_be_read_is_refused_without_asking(
    files: Certificates, tmp_path: Path, passphrase: str | None
) -> None:
    path = tmp_path / "key"
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(write_key(key, passphrase) if passphrase else b"no key at all")

    with pytest.raises(BadSetting, match="without a passphrase"):
        check_tls(TlsFiles(files.cert, path))


@pytest.mark.parametrize(("given", "lacking"), [("CERT", "KEY"), ("KEY", "CERT")])
def test_one_without_the_other_is_refused(tmp_path: Path, given: str, lacking: str) -> None:
    with pytest.raises(BadSetting, match=f"^TIDEGATE_TLS_{lacking}: is needed"):
        read_environment({"TIDEGATE_HOME": str(tmp_path), f"TIDEGATE_TLS_{given}": "a.pem"})


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({}, "https://127.0.0.1:8000"),
        ({"TIDEGATE_PORT": "443"}, "https://127.0.0.1"),
        ({"TIDEGATE_HOST": "0.0.0.0", "TIDEGATE_PORT": "8443"}, "https://localhost:8443"),
        ({"TIDEGATE_HOST": "::1"}, "https://[::1]:8000"),
        ({"TIDEGATE_BASE_URL": "https://portal.example/"}, "https://portal.example"),
    ],
)
def test_address_follows_unless_the_operator_says_another(
    tmp_path: Path, told: dict[str, str], address: str
) -> None:
    files = {"TIDEGATE_TLS_CERT": "a.pem", "TIDEGATE_TLS_KEY": "a.key", "TIDEGATE_HOME": str(tmp_path)}

    environment = read_environment({**files, **told})

    assert environment.base_url == address
    assert environment.is_https is True


def test_what_serve_is_told_is_the_environment_of_all_that_it_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ("TIDEGATE_HOST", "TIDEGATE_PORT", "TIDEGATE_TLS_CERT", "TIDEGATE_TLS_KEY")
    for name in names:
        monkeypatch.setenv(name, "before")

    prepare_serving(["--port", "8443", "--tls-cert=a=b.pem", "--no-worker", "--tls-key", "a.key"])

    assert [os.environ[name] for name in names] == ["before", "8443", "a=b.pem", "a.key"]
