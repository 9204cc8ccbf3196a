"""The worker: runs jobs again and again, in a thread of the server or in a process of its own.

A job is a function that does one piece of work and says whether there was any. Jobs claim what
they work on, so any number of workers may run, and any of them may die.
"""

import fcntl
import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import close_old_connections, connections

_log = logging.getLogger(__name__)

# A job that looks more seldom than this many seconds does not keep a connection to the database meanwhile.
SELDOM = 2.0

type Work = Callable[[], bool]


class Bell:
    """Calls a job of this process to its work before it would look by itself. Nothing depends on it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> None:
        """There is work now; from any thread, any number of times."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Wait for so long, or until it rings; at once when it rang since the last time."""
        self._event.wait(seconds)
        self._event.clear()


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of recurring work, looked for every `every` seconds while there is none, or at its bell.

    A job with a bell looks often: it notices only then that the worker is to stop.
    """

    name: str
    work: Work
    every: float = 1.0
    bell: Bell | None = None


def run_jobs(jobs: Sequence[Job], stopping: threading.Event) -> None:
    """Run each job in a thread of its own until told to stop."""
    threads = [threading.Thread(target=_repeat, args=(job, stopping), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def run_jobs_in_turn(jobs: Sequence[Job], stopping: threading.Event, turn: Path) -> None:
    """Run the jobs once no other process on this machine does for the same `turn`, a file that is made here.

    The system takes the turn from a process that ends, however it ends, and the next one goes on.
    """
    descriptor = os.open(turn, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        run_jobs(jobs, stopping)
    finally:
        os.close(descriptor)


def run_pending(jobs: Sequence[Job]) -> None:
    """Run every job until none has work left. For tests and for the command line."""
    had_work = True
    while had_work:
        results = [job.work() for job in jobs]
        had_work = any(results)


def _repeat(job: Job, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            close_old_connections()
            had_work = job.work()
        except Exception:  # noqa: BLE001  whatever it was
            # A fault in one piece of work must not end the worker; the work is claimed again later.
            _log.exception("job %s failed", job.name)
            had_work = False
        if not had_work:
            if job.every >= SELDOM:
                connections.close_all()
            (job.bell or stopping).wait(job.every)
    connections.close_all()
