"""The product in processes of its own, as an operator starts it."""

import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from psycopg import sql

COMMAND = [sys.executable, "-c", "from tidegate.config.cli import main; main()"]
STARTS_WITHIN = 180


def own_environment(home: Path, name: str) -> dict[str, str]:
    """An environment with a data folder and, on the engine of this run, a database of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TIDEGATE_")}
    environment["TIDEGATE_HOME"] = str(home)
    if url := os.environ.get("TIDEGATE_DATABASE_URL"):
        environment["TIDEGATE_DATABASE_URL"] = _make_database(url, f"{name}_{os.getpid()}")
    return environment


def run_tidegate(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a command to its end; what it printed. Raises AssertionError when it failed."""
    ended = subprocess.run(
        [*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(
    environment: Mapping[str, str], *arguments: str, url: str, context: ssl.SSLContext
) -> Iterator[None]:
    """`tidegate serve` with these arguments, from when it answers at `url` until the block ends."""
    process = subprocess.Popen([*COMMAND, "serve", *arguments], env=environment)
    try:
        _wait(process, url, context)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _make_database(url: str, name: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return url.rpartition("/")[0] + "/" + name


def _wait(process: subprocess.Popen[bytes], url: str, context: ssl.SSLContext) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        assert process.poll() is None, "The server ended."
        try:
            with urlopen(url, context=context, timeout=10):  # noqa: S310  an address of ours
                return
        except URLError:
            time.sleep(0.2)
    raise AssertionError("The server did not answer.")
