"""Pages that stay open: many streams read by one thread, and what the processes that serve them use."""

import contextlib
import os
import re
import selectors
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tools.bench.load import Address, make_request

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_CHANGED: Final = b"event: changed"


class StreamRefused(Exception):
    """A stream was answered with something else than 200."""


@dataclass
class Page:
    """One open page: when it was told that something has changed, in seconds since 1970."""

    path: str
    told_at: list[float] = field(default_factory=list)


@contextlib.contextmanager
def open_pages(address: Address, pages: Sequence[tuple[str, str]]) -> Iterator[list[Page]]:
    """Open a stream for each path and cookie. Raises StreamRefused."""
    with contextlib.ExitStack() as stack:
        chooser = stack.enter_context(selectors.DefaultSelector())
        opened = []
        for path, cookie in pages:
            connection = stack.enter_context(socket.create_connection((address.host, address.port), 60))
            headers = {"Cookie": cookie, "Accept": "text/event-stream"}
            connection.sendall(make_request("GET", path, address, headers))
            begin = connection.recv(65_536)
            if not begin.startswith(b"HTTP/1.1 200"):
                raise StreamRefused(begin.decode(errors="replace"))
            connection.settimeout(0)
            opened.append(Page(path))
            chooser.register(connection, selectors.EVENT_READ, opened[-1])
        is_over = threading.Event()
        reader = threading.Thread(target=_read, args=(chooser, is_over))
        reader.start()
        try:
            yield opened
        finally:
            is_over.set()
            reader.join()


def _read(chooser: selectors.BaseSelector, is_over: threading.Event) -> None:
    while not is_over.is_set():
        for key, _ in chooser.select(timeout=0.2):
            part = key.fileobj.recv(65_536)  # type: ignore[union-attr]
            if not part:
                chooser.unregister(key.fileobj)
            if _CHANGED in part:
                key.data.told_at.append(time.time())


def cpu_seconds(address: Address) -> float:
    """What the server at this address has used of the processors until now, its processes together."""
    found = [stat for stat in map(_read_stat, Path("/proc").glob("[0-9]*")) if stat]
    own = {pid for pid, _, _ in found if f"--port\0{address.port}\0" in _command_of(pid)}
    while more := {pid for pid, parent, _ in found if parent in own} - own:
        own |= more
    return sum(seconds for pid, _, seconds in found if pid in own)


def _read_stat(folder: Path) -> tuple[int, int, float] | None:
    """A process, its parent, and what it has used."""
    with contextlib.suppress(OSError):
        rest = re.sub(r"^.*\) ", "", (folder / "stat").read_text()).split()
        return int(folder.name), int(rest[1]), (int(rest[11]) + int(rest[12])) / _TICKS
    return None


def _command_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    return ""
