"""The server as it is started: a stream beside pages, told of what another process does, and ended."""

import http.client
import json
import re
import ssl
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from tests.connectors.samples import as_lines, graph_alert, graph_incident
from tests.support.served import free_port, own_environment, run_tidegate, serving

pytestmark = pytest.mark.slow

TID, PASSWORD = "7d9f0f4e-3a36-4b0d-9c1e-6f2b8d5a1e01", "a password for this test only"
ADDRESS, ROLES = "ada@live.example", ["Global Administrator"]
USER = {"email": ADDRESS, "display_name": "Ada", "password": PASSWORD, "roles": ROLES}
WORLD = {"id": TID, "display_name": "Live Ltd", "domains": ["live.example"], "users": [USER]}


def sign_in(base: str) -> str:
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with browser.open(f"{base}/sign-in") as answer:
        page = answer.read().decode()
    found = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found
    form = {"csrfmiddlewaretoken": found[1], "login": ADDRESS, "password": PASSWORD}
    browser.open(f"{base}/sign-in", urllib.parse.urlencode(form).encode()).close()
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


@contextmanager
def open_stream(port: int, cookie: str) -> Iterator[http.client.HTTPResponse]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", f"/live?tid={TID}&of=incidents", headers={"Cookie": cookie})
        with connection.getresponse() as response:
            yield response


def read_until(stream: http.client.HTTPResponse, word: bytes) -> bytes:
    read = b""
    while word not in read:
        line = stream.readline()
        if not line:
            break
        read += line
    return read


def test_open_page_is_told_what_another_process_does_and_lets_the_server_stop(tmp_path: Path) -> None:
    environment, port = own_environment(tmp_path, "live"), free_port()
    manifest, file = tmp_path / "world.json", tmp_path / "incidents.ndjson"
    manifest.write_text(json.dumps({"version": 1, "tenants": [WORLD]}))
    file.write_bytes(as_lines([graph_incident(graph_alert(id="a1", incidentId="41"), id="41")]))
    run_tidegate(environment, "apply", str(manifest))
    base, context = f"http://127.0.0.1:{port}", ssl.create_default_context()
    arguments = ("--port", str(port), "--no-worker")
    with ExitStack() as opened:
        with serving(environment, *arguments, url=f"{base}/sign-in", context=context):
            refused = opened.enter_context(open_stream(port, ""))
            stream = opened.enter_context(open_stream(port, sign_in(base)))
            # Whoever comes asks for what is new by then.
            begun = read_until(stream, b"data: {")
            run_tidegate(environment, "import", "--tid", TID, str(file))
            told = read_until(stream, b"event: changed\n") + stream.readline()
            stops_at = time.monotonic()
        took = time.monotonic() - stops_at
        rest = stream.read()

    assert (refused.status, stream.status) == (302, 200)
    assert stream.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert stream.headers["X-Accel-Buffering"] == "no"
    assert begun.startswith(b"retry: ")
    assert told.endswith(b'event: changed\ndata: {"of": "incidents", "gap": 3000}\n')
    assert rest.endswith(b"\n")
    assert took < 9
