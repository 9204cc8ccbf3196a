"""Django, once in each process of the server. Starts the worker's jobs beside it when `serve` said so."""

import os
import threading

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.config.settings")

application = get_wsgi_application()


def _start_worker() -> None:
    # Imported here: the jobs need Django to be set up, which the line above did.
    from tidegate.config.schedule import jobs  # noqa: PLC0415
    from tidegate.core.worker import run_jobs_in_turn  # noqa: PLC0415

    # One of the server's processes is enough: each job holds a connection to the database while it works.
    told = (jobs(), threading.Event(), settings.TIDEGATE_HOME / "worker.lock")
    threading.Thread(target=run_jobs_in_turn, args=told, daemon=True, name="worker").start()


def _keep_sign_in_log() -> None:
    from tidegate.oauth.actions.sign_ins import write_noted_always  # noqa: PLC0415

    write_noted_always()


_keep_sign_in_log()
# Every page is found here once: else the first request, or the first mail with a link, would wait for it.
reverse("alerts")

if os.environ.get("TIDEGATE_EMBEDDED_WORKER") == "yes":
    _start_worker()
