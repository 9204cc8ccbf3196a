"""Reading ahead: the next item is made while somebody is at work on the one before."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, cast

_END: Final = object()


def read_ahead[T](items: Iterator[T]) -> Generator[T]:
    """The items of an iterator, which runs in a thread of its own, one item ahead.

    What it raises is raised where the item would have been. It must not ask the database: connections are
    each thread's own.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        coming = thread.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = thread.submit(next, items, _END)
            yield cast("T", item)
