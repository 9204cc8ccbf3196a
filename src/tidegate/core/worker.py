"""The worker: runs jobs again and again, in a thread of the server or in a process of its own.

A job is a function that does one piece of work and says whether there was any. Jobs claim what
they work on, so any number of workers may run, and any of them may die.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import close_old_connections, connections

_log = logging.getLogger(__name__)

type Work = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of recurring work, looked for every `every` seconds while there is none."""

    name: str
    work: Work
    every: float = 1.0


def run_jobs(jobs: Sequence[Job], stopping: threading.Event) -> None:
    """Run each job in a thread of its own until told to stop."""
    threads = [threading.Thread(target=_repeat, args=(job, stopping), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


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
            stopping.wait(job.every)
    connections.close_all()
