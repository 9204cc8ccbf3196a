"""Requests by the thousand over connections that stay open, from threads of this process.

The generator shares the machine with what it measures, here as with every peer: it is as plain as can be.
"""

import itertools
import socket
import statistics
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

_HEAD_END = b"\r\n\r\n"
_DONE: Final = (b"HTTP/1.1 200", b"HTTP/1.1 201")


class LoadFailed(Exception):
    """A request was answered with something else than 200 or 201."""


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    host: str
    port: int


@dataclass(frozen=True)
class Outcome:
    """What a run of requests came to; times in seconds."""

    seconds: float
    times: tuple[float, ...]

    @property
    def per_second(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds

    @property
    def p50(self) -> float:
        """The time within which half were answered."""
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        """The time within which 95 of 100 were answered."""
        return statistics.quantiles(self.times, n=20)[-1]


class Connection:
    """One HTTP/1.1 connection that is used again and again."""

    def __init__(self, address: Address) -> None:
        self._socket = socket.create_connection((address.host, address.port), timeout=120)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def ask(self, request: bytes) -> bytes:
        """Send a whole request and give the answer's body. Raises LoadFailed."""
        self._socket.sendall(request)
        head = self._read_head()
        if not head.startswith(_DONE):
            raise LoadFailed(head.decode(errors="replace") + self._read_body(head).decode(errors="replace"))
        return self._read_body(head)

    def count(self, request: bytes) -> int:
        """The same, but only how many bytes the body has; for bodies that are long."""
        self._socket.sendall(request)
        head = self._read_head()
        if not head.startswith(_DONE):
            raise LoadFailed(head.decode(errors="replace"))
        if b"chunked" not in head.lower():
            return len(self._read_body(head))
        size = 0
        while chunk := self._read_chunk():
            size += chunk
        return size

    def _read_head(self) -> bytes:
        while _HEAD_END not in self._rest:
            self._fill()
        head, _, self._rest = self._rest.partition(_HEAD_END)
        return head

    def _read_body(self, head: bytes) -> bytes:
        lower = head.lower()
        if b"chunked" in lower:
            parts = []
            while part := self._take_chunk():
                parts.append(part)
            return b"".join(parts)
        at = lower.find(b"content-length:")
        length = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        return self._take(length)

    def _read_chunk(self) -> int:
        return len(self._take_chunk())

    def _take_chunk(self) -> bytes:
        while b"\r\n" not in self._rest:
            self._fill()
        line, _, self._rest = self._rest.partition(b"\r\n")
        data = self._take(int(line, 16))
        self._take(2)
        return data

    def _take(self, length: int) -> bytes:
        parts, got = [self._rest], len(self._rest)
        while got < length:
            part = self._socket.recv(262_144)
            if not part:
                raise LoadFailed("the server closed the connection")
            parts.append(part)
            got += len(part)
        whole = b"".join(parts)
        self._rest = whole[length:]
        return whole[:length]

    def _fill(self) -> None:
        part = self._socket.recv(65_536)
        if not part:
            raise LoadFailed("the server closed the connection")
        self._rest += part


def make_request(
    method: str, path: str, address: Address, headers: Mapping[str, str], body: str = ""
) -> bytes:
    """A whole HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {address.host}:{address.port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def run_load(address: Address, requests: Sequence[bytes], *, clients: int, seconds: float) -> Outcome:
    """Ask again and again from `clients` connections, for about this long, after a short warm-up."""
    with Connection(address) as warming:
        for request in [*requests] * max(1, 20 // len(requests)):
            warming.ask(request)
    turned = ([*requests[n % len(requests) :], *requests[: n % len(requests)]] for n in range(clients))
    return run_streams(address, [itertools.cycle(own) for own in turned], seconds=seconds)


def run_streams(address: Address, streams: Sequence[Iterable[bytes]], *, seconds: float) -> Outcome:
    """A connection for each stream of requests, at the same time, for about this long or to their ends."""
    times: list[list[float]] = [[] for _ in streams]
    failures: list[BaseException] = []
    begun = time.monotonic()

    def work(own: list[float], stream: Iterable[bytes]) -> None:
        try:
            with Connection(address) as connection:
                for request in stream:
                    at = time.monotonic()
                    if at - begun > seconds:
                        break
                    connection.ask(request)
                    own.append(time.monotonic() - at)
        except BaseException as error:  # noqa: BLE001  it is raised by who waits for the thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(times, streams, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return Outcome(time.monotonic() - begun, tuple(one for own in times for one in own))
