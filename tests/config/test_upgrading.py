"""Several processes that start at once on an empty database: one upgrades it, the others wait."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

UPGRADE = [sys.executable, "-c", "from tidegate.config.cli import main; main()", "upgrade"]


@pytest.mark.slow
def test_processes_that_start_at_once_do_not_race(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")},
        "TIDEGATE_HOME": str(tmp_path),
    }
    if url := os.environ.get("TIDEGATE_DATABASE_URL"):
        environment["TIDEGATE_DATABASE_URL"] = make_database(url, f"upgrade_{os.getpid()}")

    running = [
        subprocess.Popen(UPGRADE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in running]

    assert [code for _output, code in ended] == [0, 0, 0, 0], ended


def make_database(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.rpartition("/")[0] + "/" + name
