import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from tidegate.core.worker import SELDOM, Bell, Job, run_jobs, run_jobs_in_turn, run_pending

TAKE_TURN = """
import fcntl, sys
turn = open(sys.argv[1], "w")
fcntl.flock(turn, fcntl.LOCK_EX)
print("mine", flush=True)
sys.stdin.read()
"""


def test_pending_jobs_run_until_none_has_work() -> None:
    left = {"a": 3, "b": 1}

    def work_on(name: str) -> bool:
        left[name] -= 1
        return left[name] >= 0

    run_pending([Job(name, partial(work_on, name)) for name in left])
    assert max(left.values()) == -1


def test_a_failing_job_ends_neither_itself_nor_the_others() -> None:
    stopping = threading.Event()
    tries: list[int] = []
    done: list[int] = []

    def fail() -> bool:
        tries.append(1)
        if len(tries) >= 3 and done:
            stopping.set()
        raise RuntimeError("as intended")

    def succeed() -> bool:
        done.append(1)
        return False

    run_jobs([Job("fails", fail, every=0.001), Job("works", succeed, every=0.001)], stopping)
    assert len(tries) >= 3
    assert done


def test_a_stopped_worker_starts_nothing() -> None:
    stopping = threading.Event()
    stopping.set()
    done: list[int] = []

    def work() -> bool:
        done.append(1)
        return False

    run_jobs([Job("works", work)], stopping)
    assert done == []


def test_a_job_with_work_does_not_wait() -> None:
    stopping = threading.Event()
    done: list[int] = []

    def work() -> bool:
        done.append(1)
        if len(done) == 5:
            stopping.set()
        return True

    run_jobs([Job("works", work, every=3600)], stopping)
    assert len(done) == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("every", "kept"), [(SELDOM, False), (SELDOM / 4, True)])
def test_a_job_that_looks_seldom_keeps_no_connection(every: float, *, kept: bool) -> None:
    open_while_waiting: list[bool] = []

    class Watched(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout == every
            open_while_waiting.append(connection.connection is not None)
            self.set()
            return True

    def work() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return False

    run_jobs([Job("looks", work, every=every)], Watched())
    assert open_while_waiting == [kept]


def test_one_process_runs_the_jobs_and_the_next_goes_on_when_it_is_killed(
    tmp_path: Path,
) -> None:
    turn = tmp_path / "worker.lock"
    command = [sys.executable, "-c", TAKE_TURN, str(turn)]
    worked = threading.Event()
    stopping = threading.Event()

    def work() -> bool:
        worked.set()
        stopping.set()
        return False

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"mine\n"
        waiting = threading.Thread(target=run_jobs_in_turn, args=([Job("works", work)], stopping, turn))
        waiting.start()
        assert not worked.wait(0.2)
        other.kill()
        assert worked.wait(30)
        waiting.join()


def test_a_bell_calls_a_job_before_it_would_look() -> None:
    stopping, bell, done = threading.Event(), Bell(), threading.Event()
    looked: list[int] = []

    def work() -> bool:
        looked.append(1)
        if len(looked) == 2:
            stopping.set()
            done.set()
        return False

    worker = threading.Thread(target=run_jobs, args=([Job("rings", work, every=30, bell=bell)], stopping))
    worker.start()
    while not looked:
        pass
    bell.ring()
    assert done.wait(5)
    bell.ring()
    worker.join(5)
    assert not worker.is_alive()
