"""`tidegate serve`, `worker` and `upgrade`."""

import signal
import threading
from types import FrameType

import click
from django.conf import settings

from tidegate.config.serving import serve
from tidegate.config.upgrading import upgrade
from tidegate.core.worker import run_jobs


def register(group: click.Group) -> None:
    """Add the commands of this file."""
    for command in (run_server, run_worker, run_upgrade):
        group.add_command(command)


@click.command("serve")
@click.option("--host", default=None, help="Address to listen on (TIDEGATE_HOST).")
@click.option("--port", default=None, type=click.IntRange(1, 65535), help="Port (TIDEGATE_PORT).")
@click.option("--tls-cert", default=None, help="Certificate with its chain, PEM (TIDEGATE_TLS_CERT).")
@click.option("--tls-key", default=None, help="Its key, PEM (TIDEGATE_TLS_KEY).")
@click.option("--processes", default=0, type=click.IntRange(0, 64), help="Server processes.")
@click.option("--worker/--no-worker", "with_worker", default=True, help="Run the jobs beside it.")
def run_server(*, processes: int, with_worker: bool, **_told: object) -> None:
    """Bring the database up to date and serve the portal, with a certificate over TLS."""
    upgrade()
    # Host, port, certificate and key were put into the environment before the settings were read.
    told = settings.ENVIRONMENT
    serve(told.host, told.port, tls=told.tls, processes=processes, with_worker=with_worker)


@click.command("worker")
def run_worker() -> None:
    """Run the jobs in a process of their own, as many as you like."""
    # Not above: every room hangs on the jobs, and the other commands start without them.
    from tidegate.config.schedule import jobs  # noqa: PLC0415

    stopping = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    run_jobs(jobs(), stopping)


@click.command("upgrade")
def run_upgrade() -> None:
    """Bring the database to this version's form."""
    upgrade()
    click.echo("The database is up to date.")
