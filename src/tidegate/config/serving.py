"""Starts the server: granian with Django as WSGI, and the worker's jobs beside it in the same process."""

import os
import socket

from django.conf import settings
from django.db import connection
from granian.constants import Interfaces
from granian.server import Server

from tidegate.core.errors import Conflict

# Threads wait for the database more than for Python, up to a point.
THREADS = min(8, 2 * (os.cpu_count() or 1) + 1)


def serve(host: str, port: int, *, processes: int = 0, with_worker: bool = True) -> None:
    """Serve until told to stop. Without a number of processes: one on SQLite, two on PostgreSQL.

    Raises Conflict when somebody listens at the address already.
    """
    _check_free(host, port)
    os.environ["TIDEGATE_EMBEDDED_WORKER"] = "yes" if with_worker else "no"
    settings.TIDEGATE_HOME.mkdir(parents=True, exist_ok=True)
    Server(
        "tidegate.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes or (2 if connection.vendor == "postgresql" else 1),
        blocking_threads=THREADS,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        websockets=False,
        log_access=False,
    ).serve()


def _check_free(host: str, port: int) -> None:
    # granian shares a port with whoever listens there: two portals with different data would answer by turns.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            reason = error.strerror or "it is in use"
            raise Conflict(f"Cannot listen on {host} port {port}: {reason}. Set TIDEGATE_PORT.") from None
