"""First start and upgrades: one process at a time, however many start at once."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection

# Any number will do that nobody else uses as an advisory lock in this database.
_LOCK = 7_433_428_343


def upgrade() -> None:
    """Bring the database to this version's form; waits for another process that is doing so."""
    with _alone():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    with (settings.TIDEGATE_HOME / "upgrade.lock").open("w") as file:
        # The kernel gives the lock back when the process ends, however it ends.
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
