"""The throw-away cluster: an ordinary role, and nothing left behind however its user dies."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tools.throwaway_postgres import find_binaries, main, run_cluster

ROOT = Path(__file__).resolve().parents[2]
needs_postgresql = pytest.mark.skipif(find_binaries() is None, reason="PostgreSQL's server is not installed")


@needs_postgresql
@pytest.mark.slow
def test_cluster_gives_an_ordinary_role_and_ends() -> None:
    question = (
        "SELECT rolsuper, rolcreatedb, current_setting('lc_collate') FROM pg_roles WHERE rolname = user"
    )
    with run_cluster() as url:
        with psycopg.connect(url) as connection:
            answer = connection.execute(question).fetchone()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(url, password="wrong")
    assert answer == (False, True, "C.UTF-8")
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)


@needs_postgresql
@pytest.mark.slow
def test_cluster_ends_when_its_user_is_killed() -> None:
    # The user in the middle starts a keeper as the tests do, passes its address on, and is killed.
    user = (
        "import subprocess, sys, time;"
        "keeper = subprocess.Popen([sys.executable, '-m', 'tools.throwaway_postgres'],"
        " stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stdout, start_new_session=True);"
        "print(keeper.stdout.readline().decode(), flush=True);"
        "time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", user], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        psycopg.connect(url).close()
        process.kill()
        # The keeper's standard error is our pipe too, so reading to the end waits for it to finish.
        process.stdout.read()
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)


def test_binaries_of_the_newest_version_are_chosen(tmp_path: Path) -> None:
    for version in ("9.6", "15", "17"):
        programs = tmp_path / version / "bin"
        programs.mkdir(parents=True)
        (programs / "initdb").touch()
    assert find_binaries(tmp_path) == tmp_path / "17" / "bin"


def test_missing_server_is_said_plainly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tools.throwaway_postgres.find_binaries", lambda: None)
    assert main() == 1
    assert "apt-get install postgresql" in capsys.readouterr().err
