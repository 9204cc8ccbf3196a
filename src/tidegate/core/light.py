"""Transactions that nobody waits for until they are on the disk."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def light_transaction(*, savepoint: bool = False) -> Iterator[None]:
    """A transaction that a power cut may undo, for what would then merely be counted, told or taken in again.

    All else holds as ever: it happens whole or not at all, and in its order among the others. Waiting for
    the disk is most of what a small write costs, and requests that only read would do it each time.
    Within another transaction it is part of that one, which goes on after a failure only with a savepoint.
    """
    if connection.in_atomic_block:
        with transaction.atomic(savepoint=savepoint):
            yield
    elif connection.vendor == "sqlite":
        with _sqlite_without_waiting(), transaction.atomic():
            yield
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
            yield


@contextmanager
def _sqlite_without_waiting() -> Iterator[None]:
    # In write-ahead mode NORMAL leaves waiting to checkpoints (SQLite, "PRAGMA synchronous"). It can only be
    # set between transactions.
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous")
        usual = cursor.fetchone()[0]
        cursor.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA synchronous = {int(usual)}")
