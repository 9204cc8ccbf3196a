"""Starts the server: granian with our entry, and the worker's jobs beside it in the same process."""

import os
import resource
import socket
import ssl

from django.conf import settings
from django.db import connection
from granian.constants import Interfaces, SSLProtocols
from granian.server import Server

from tidegate.config.environment import BadSetting, TlsFiles
from tidegate.core.errors import Conflict

# Connections that one process takes; each open page of the portal may hold one for its live stream.
CONNECTIONS = 4_096


def serve(
    host: str, port: int, *, tls: TlsFiles | None = None, processes: int = 0, with_worker: bool = True
) -> None:
    """Serve until told to stop. Without a number of processes: one on SQLite, two on PostgreSQL.

    With a certificate, over TLS 1.2 or later. Raises BadSetting for a certificate or key that cannot be
    used, Conflict when somebody listens at the address already.
    """
    if tls:
        check_tls(tls)
    _check_free(host, port)
    os.environ["TIDEGATE_EMBEDDED_WORKER"] = "yes" if with_worker else "no"
    settings.TIDEGATE_HOME.mkdir(parents=True, exist_ok=True)
    _raise_open_files()
    Server(
        "tidegate.config.asgi:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=processes or (2 if connection.vendor == "postgresql" else 1),
        backpressure=CONNECTIONS,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        websockets=False,
        log_access=False,
        ssl_cert=tls.cert if tls else None,
        ssl_key=tls.key if tls else None,
        ssl_protocol_min=SSLProtocols.tls12,
    ).serve()


def check_tls(tls: TlsFiles) -> None:
    """Raise BadSetting, naming the setting, unless the key is the certificate's and both can be read."""
    for name, path in (("TIDEGATE_TLS_CERT", tls.cert), ("TIDEGATE_TLS_KEY", tls.key)):
        if not os.access(path, os.R_OK) or not path.is_file():
            message = f"{name}: {path} is not a file that can be read"
            raise BadSetting(message)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # An empty passphrase: nobody is asked for one on the terminal of a service.
        context.load_cert_chain(tls.cert, tls.key, password="")
    except ssl.SSLError as error:
        raise BadSetting(_explain(error, tls)) from None


def _explain(error: ssl.SSLError, tls: TlsFiles) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"TIDEGATE_TLS_KEY: {tls.key} is not the key of the certificate {tls.cert}"
    return (
        f"TIDEGATE_TLS_CERT, TIDEGATE_TLS_KEY: {tls.cert} and {tls.key} must be a certificate and its key "
        "in PEM, the key without a passphrase"
    )


def _raise_open_files() -> None:
    # Many systems let a process open 1,024 files unless it asks for more.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * CONNECTIONS if hard == resource.RLIM_INFINITY else min(4 * CONNECTIONS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


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
