from pathlib import Path

import pytest

from tidegate.config.environment import BadSetting, Environment, read_environment


def read(tmp_path: Path, **values: str) -> Environment:
    return read_environment({"TIDEGATE_HOME": str(tmp_path), **values})


def test_nothing_set_gives_sqlite_in_the_data_folder(tmp_path: Path) -> None:
    environment = read(tmp_path)

    assert environment.database["NAME"] == str(tmp_path / "tidegate.sqlite3")
    assert environment.base_url == "http://127.0.0.1:8000"
    assert environment.trial_tenants is False
    assert environment.is_https is False


def test_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)

    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 64
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_postgresql_address_is_read_with_its_escapes(tmp_path: Path) -> None:
    database = read(tmp_path, TIDEGATE_DATABASE_URL="postgresql://u:p%40ss@db.example:5433/gate").database

    assert database["NAME"] == "gate"
    assert database["PASSWORD"] == "p@ss"
    assert database["PORT"] == 5433
    assert database["OPTIONS"]


def test_pooled_database_gets_nothing_that_a_pooler_does_not_pass_on(tmp_path: Path) -> None:
    url = "postgresql://u@db.example/gate"

    database = read(tmp_path, TIDEGATE_DATABASE_URL=url, TIDEGATE_DATABASE_POOLED="yes").database

    assert database["OPTIONS"] == {}


def test_own_host_is_always_allowed(tmp_path: Path) -> None:
    environment = read(
        tmp_path, TIDEGATE_BASE_URL="https://portal.example/", TIDEGATE_ALLOWED_HOSTS="a.example"
    )

    assert environment.allowed_hosts[:2] == ["a.example", "portal.example"]
    assert environment.base_url == "https://portal.example"
    assert environment.is_https is True
    assert environment.hsts_seconds == 31_536_000


@pytest.mark.parametrize(
    "base_url", ["https://localhost:8443", "https://127.0.0.1:8443", "http://portal.example"]
)
def test_no_browser_insists_on_tls_for_this_machine_nor_without_it(tmp_path: Path, base_url: str) -> None:
    assert read(tmp_path, TIDEGATE_BASE_URL=base_url).hsts_seconds == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIDEGATE_PORT", "eighty"),
        ("TIDEGATE_PORT", "0"),
        ("TIDEGATE_PORT", "65536"),
        ("TIDEGATE_PORT", "٨"),
        ("TIDEGATE_DATABASE_URL", "mysql://x"),
        ("TIDEGATE_BASE_URL", "portal.example"),
        ("TIDEGATE_BASE_URL", "javascript:alert(1)"),
        ("TIDEGATE_TRIAL_TENANTS", "maybe"),
        ("TIDEGATE_PROXIES", "-1"),
        ("TIDEGATE_LONGEST_ACCESS_DAYS", "0"),
        ("TIDEGATE_LONGEST_ACCESS_DAYS", "3661"),
        ("TIDEGATE_OUTBOUND_ALLOWED", "10.0.0.1/8"),
    ],
)
def test_value_that_cannot_be_used_names_its_variable(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read(tmp_path, **{name: value})
