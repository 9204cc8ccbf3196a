"""A PostgreSQL cluster that lives as long as whoever started it: for tests, never for data.

`python -m tools.throwaway_postgres` makes a cluster in a temporary folder, prints its address as one line
(`postgresql://user:password@127.0.0.1:port/tidegate`) and waits until its standard input is closed. Then it
stops the cluster and removes the folder. The pipe closes however the other end
dies, so nothing is left behind.
"""

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

DEBIAN_CLUSTERS = Path("/usr/lib/postgresql")
START_SECONDS = 60.0
# A throw-away cluster need not survive a power cut, and is several times faster for it.
SPEED = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)


class ClusterError(Exception):
    """The cluster could not be made or started; says why."""


@dataclass(frozen=True)
class Cluster:
    """Where a cluster keeps its files, where it listens, and who owns its processes."""

    binaries: Path
    folder: Path
    port: int
    owner: str | None

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server had to say."""
        return self.folder / "log"

    def start(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one of PostgreSQL's programs as the cluster's owner, writing to the log."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(self.binaries / program), *arguments],
                cwd=self.folder,
                user=self.owner,
                group=pwd.getpwnam(self.owner).pw_gid if self.owner else None,
                extra_groups=[] if self.owner else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                # A signal meant for the keeper must not reach the server by way of the terminal.
                start_new_session=True,
            )


def find_binaries(root: Path = DEBIAN_CLUSTERS) -> Path | None:
    """The folder of the newest server's programs: Debian's, or whatever stands on the PATH."""
    versions = sorted(root.glob("*/bin/initdb"), key=lambda path: float(path.parents[1].name))
    if versions:
        return versions[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class RunningCluster:
    """A cluster that runs, and can be stopped and started again on the same files and at the same address."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._server = self._start()
        self.url = ""

    def open(self) -> None:
        """Make the database of the tests; from now on there is an address. Raises ClusterError."""
        self.url = _open_database(self._cluster, self._server)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT ends every session and keeps all that was committed; SIGQUIT ends it at once."""
        self._server.send_signal(how)
        self._server.wait()

    def start(self) -> None:
        """Start it again, and wait until it takes connections. Raises ClusterError."""
        self._server = self._start()
        _connect(self._cluster, self._server).close()

    def _start(self) -> subprocess.Popen[bytes]:
        return self._cluster.start("postgres", "-D", str(self._cluster.data))


@contextlib.contextmanager
def run_cluster(*, is_durable: bool = False) -> Iterator[str]:
    """Give the address of a running cluster; stop and remove it afterwards. Raises ClusterError.

    One that is durable waits for the disk, as a server does that keeps data.
    """
    with run_restartable(is_durable=is_durable) as running:
        yield running.url


@contextlib.contextmanager
def run_restartable(*, is_durable: bool = False) -> Iterator[RunningCluster]:
    """Give a running cluster; stop and remove it afterwards. Raises ClusterError."""
    binaries = find_binaries()
    if binaries is None:
        raise ClusterError("PostgreSQL's server is not installed (Debian: apt-get install postgresql)")
    with tempfile.TemporaryDirectory(prefix="tidegate-postgres-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(binaries, Path(folder), _find_port(), _choose_owner())
        if cluster.owner:
            shutil.chown(folder, cluster.owner)
        _initialize(cluster, () if is_durable else SPEED)
        with contextlib.ExitStack() as stack:
            running = RunningCluster(cluster)
            # Immediate shutdown: nobody will read these files again.
            stack.callback(running.stop, signal.SIGQUIT)
            running.open()
            yield running


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _choose_owner() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it another user; anybody else is good enough."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _initialize(cluster: Cluster, settings: Sequence[str]) -> None:
    initdb = cluster.start(
        *("initdb", "--pgdata", str(cluster.data), "--username", "owner", "--no-sync"),
        *("--encoding", "UTF8", "--locale", "C.UTF-8"),
        *("--auth-local", "trust", "--auth-host", "scram-sha-256"),
    )
    if initdb.wait() != 0:
        raise ClusterError(cluster.log.read_text())
    with (cluster.data / "postgresql.conf").open("a") as conf:
        conf.write("\n".join(("", *settings, f"port={cluster.port}", "listen_addresses='127.0.0.1'")))
        # Local connections are trusted because the folder is closed to everybody else.
        conf.write(f"\nunix_socket_directories='{cluster.folder}'\n")


def _open_database(cluster: Cluster, server: subprocess.Popen[bytes]) -> str:
    """Make the role and the database of the tests, and give their address.

    The role is an ordinary one: a superuser would walk through row-level security without noticing.
    """
    password = secrets.token_urlsafe(24)
    with _connect(cluster, server) as connection:
        role = sql.SQL("CREATE ROLE tidegate LOGIN CREATEDB PASSWORD {}").format(sql.Literal(password))
        connection.execute(role)
        connection.execute("CREATE DATABASE tidegate OWNER tidegate")
    return f"postgresql://tidegate:{password}@127.0.0.1:{cluster.port}/tidegate"


def _connect(cluster: Cluster, server: subprocess.Popen[bytes]) -> psycopg.Connection[tuple[object, ...]]:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            return psycopg.connect(
                host=str(cluster.folder), port=cluster.port, user="owner", dbname="postgres", autocommit=True
            )
        time.sleep(0.05)
    raise ClusterError(cluster.log.read_text())


def main() -> int:
    """Run a cluster until standard input ends, or somebody asks to stop."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with run_cluster() as url:
            print(url, flush=True)
            sys.stdin.read()
    except KeyboardInterrupt:
        pass
    except ClusterError as error:
        print(f"throwaway_postgres: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
