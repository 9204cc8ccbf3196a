"""Several processes that start at once on an empty database: one upgrades it, the others wait."""

import subprocess
from pathlib import Path

import pytest

from tests.support.served import COMMAND, own_environment


@pytest.mark.slow
def test_processes_that_start_at_once_do_not_race(tmp_path: Path) -> None:
    environment = own_environment(tmp_path, "upgrade")

    running = [
        subprocess.Popen(
            [*COMMAND, "upgrade"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in running]

    assert [code for _output, code in ended] == [0, 0, 0, 0], ended
