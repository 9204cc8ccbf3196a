import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django import Settings

from tidegate.core import outbound
from tidegate.core.errors import InvalidInput
from tidegate.core.outbound import OutboundFailed, check_address, check_place, send


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.answer(f"{self.path} {self.headers['Host']} {self.rfile.read(length).decode()}".encode())

    def do_GET(self) -> None:
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1/")
            self.end_headers()
        elif self.path == "/slow":
            # A byte of the headers now and then: no single read ever waits long.
            with suppress(OSError):
                for _ in range(40):
                    self.wfile.write(b"H")
                    time.sleep(0.05)
        else:
            self.answer(b"x" * 5000)

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(settings: Settings) -> Iterator[str]:
    settings.OUTBOUND_ALLOWED = ["127.0.0.1"]
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def test_request_is_sent_and_its_answer_read(server: str) -> None:
    answer = send("POST", f"{server}/hook?a=b", body=b"hello", headers={"Content-Type": "text/plain"})

    assert (answer.status, answer.content_type) == (200, "text/plain")
    assert answer.body.decode() == f"/hook?a=b {server.removeprefix('http://')} hello"


def test_answer_is_cut_at_its_largest_size(server: str) -> None:
    assert len(send("GET", server, largest=100).body) == 100


def test_redirect_is_an_answer_and_not_followed(server: str) -> None:
    assert send("GET", f"{server}/moved").status == 302


def test_server_that_drips_is_cut_off_at_the_deadline(server: str) -> None:
    began = time.monotonic()

    with pytest.raises(OutboundFailed):
        send("GET", f"{server}/slow", deadline=0.3)

    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1", "fe80::1",
        "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "fd00::1",
    ],
)  # fmt: skip
def test_name_of_an_inner_address_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    """Also when a public address stands beside it."""
    rows = [(0, 0, 0, "", (found, 443)) for found in ("93.184.215.14", address)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: rows)
    monkeypatch.setattr(socket, "create_connection", lambda *_args, **_named: pytest.fail("connected"))

    with pytest.raises(OutboundFailed) as refused:
        send("GET", "https://rebinding.example/")

    assert refused.value.is_refused


def test_connection_goes_to_the_address_that_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.OUTBOUND_ALLOWED = ["10.0.0.0/8"]
    tried: list[object] = []

    def connect(address: object, **_named: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: [(0, 0, 0, "", ("10.0.0.9", 443))])
    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(OutboundFailed) as failed:
        send("GET", "https://inside.example/")

    assert tried == [("10.0.0.9", 443)]
    assert not failed.value.is_refused


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/", "https://", "https://user@hooks.example/", "ftp://hooks.example/",
        "https://hooks.example:0/", "https://[::1/", "hooks.example", f"https://hooks.example/{'x' * 2048}",
    ],
)  # fmt: skip
def test_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_address(url, "notificationUrl")

    assert list(refused.value.fields) == ["notificationUrl"]


@pytest.mark.parametrize(
    ("address", "is_refused"),
    [("10.0.0.9", True), ("93.184.215.14", False), ("fe80::1%eth0", True), (None, False)],
)
def test_an_address_that_is_kept_is_refused_where_its_name_leads_inside_now(
    monkeypatch: pytest.MonkeyPatch, address: str | None, *, is_refused: bool
) -> None:
    def look_up(*_arguments: object, **_named: object) -> list[object]:
        if address is None:
            raise socket.gaierror("unknown")
        return [(0, 0, 0, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    if not is_refused:
        check_place("https://hook.example/", "address")
        return
    with pytest.raises(InvalidInput) as refused:
        check_place("https://hook.example/", "address")
    assert dict(refused.value.fields) == {"address": "must be on the public internet"}


def test_a_name_that_is_looked_up_for_too_long_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_named: answered.wait(10) and [])
    monkeypatch.setattr(outbound, "_LOOKS_UP_FOR", 0.05)
    check_place("https://hook.example/", "address")
    answered.set()
