"""Starts the server: granian with Django as WSGI, and the worker's jobs beside it in the same process."""

import os

from django.conf import settings
from django.db import connection
from granian.constants import Interfaces
from granian.server import Server

THREADS = 8


def serve(host: str, port: int, *, processes: int = 0, with_worker: bool = True) -> None:
    """Serve until told to stop. Without a number of processes: one on SQLite, two on PostgreSQL."""
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
        log_access=False,
    ).serve()
