"""Servers that live as long as a measurement: the product on one process, and peers beside it."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.bench.load import Address
from tools.throwaway_postgres import run_cluster

TIDEGATE = (sys.executable, "-c", "from tidegate.config.cli import main; main()")
PEERS = Path(__file__).parent / "peers"
ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "peers"
START_SECONDS = 60.0
# A measurement asks more often than any program may.
UNLIMITED = ",".join(
    f"{family}=0/0" for family in ("graph_security", "graph_directory", "defender_alerts", "siem")
)


@dataclass(frozen=True)
class Installation:
    """One installation of the product with data of its own."""

    engine: str
    home: Path
    environment: Mapping[str, str]

    @property
    def database(self) -> str:
        """The address of its database: a file's path, or a PostgreSQL URL."""
        return self.environment.get("TIDEGATE_DATABASE_URL") or str(self.home / "tidegate.sqlite3")

    def run(self, *arguments: str, text: str | None = None) -> str:
        """Run one of the operator's commands. Raises CalledProcessError, having shown what it said."""
        done = subprocess.run(
            [*TIDEGATE, *arguments],
            env=dict(self.environment),
            input=text,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stdout, done.stderr, file=sys.stderr)
        done.check_returncode()
        return done.stdout

    @contextlib.contextmanager
    def serve(self, processes: int = 1, *, with_worker: bool = False, **settings: str) -> Iterator[Address]:
        """The server, on this many processes, without the worker unless it is wished."""
        address = Address("127.0.0.1", free_port())
        command = [*TIDEGATE, "serve", "--port", str(address.port), "--processes", str(processes)]
        command += [] if with_worker else ["--no-worker"]
        with running(command, {**self.environment, **settings}, address):
            yield address


@contextlib.contextmanager
def install(engine: str, *, is_durable: bool = False) -> Iterator[Installation]:
    """An empty installation on an engine, removed afterwards; PostgreSQL waits for the disk if it is durable.

    SQLite always does.
    """
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tidegate-bench-")))
        own = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
        own |= {"TIDEGATE_HOME": str(home), "TIDEGATE_RATE_LIMITS": UNLIMITED}
        if engine == "postgresql":
            own["TIDEGATE_DATABASE_URL"] = stack.enter_context(run_cluster(is_durable=is_durable))
        yield Installation(engine, home, own)


@contextlib.contextmanager
def serve_peer(name: str, program: str = "server.mjs", **settings: str) -> Iterator[Address]:
    """A peer from the npm registry, installed once into the project's cache, on one process."""
    folder = CACHE / name
    if not _is_installed(folder, PEERS / name):
        shutil.copytree(PEERS / name, folder, dirs_exist_ok=True)
        install_peer = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(install_peer, cwd=folder, check=True)
    shutil.copy(PEERS / name / program, folder / program)
    address = Address("127.0.0.1", free_port())
    environment = {**os.environ, "PORT": str(address.port), "NODE_ENV": "production", **settings}
    with running(["node", str(folder / program)], environment, address, is_quiet=True):
        yield address


@contextlib.contextmanager
def running(
    command: list[str], environment: Mapping[str, str], address: Address, *, is_quiet: bool = False
) -> Iterator[None]:
    """A process that listens at an address, for the length of the block."""
    process = subprocess.Popen(
        command,
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL if is_quiet else None,
        start_new_session=True,
    )
    try:
        _wait_for(process, address)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def vacuum(database: str) -> None:
    """What autovacuum does within minutes of much being written to a PostgreSQL database."""
    # Its warnings are about the server's own tables, which a database's owner may not sweep.
    command = ["psql", "-q", database, "-c", "VACUUM ANALYZE"]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_installed(folder: Path, peer: Path) -> bool:
    lock = "package-lock.json"
    is_same = (folder / lock).exists() and (folder / lock).read_bytes() == (peer / lock).read_bytes()
    return is_same and (folder / "node_modules").exists()


def _wait_for(process: subprocess.Popen[bytes], address: Address) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            message = f"the server ended with {process.returncode}"
            raise RuntimeError(message)
        with contextlib.suppress(OSError), socket.create_connection((address.host, address.port), 1):
            return
        time.sleep(0.1)
    message = "the server did not start"
    raise RuntimeError(message)
