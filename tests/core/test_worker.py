import threading
from functools import partial

from tidegate.core.worker import Job, run_jobs, run_pending


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
