"""What the worker does, and how often it looks."""

import os
from typing import Final

from tidegate.accounts.jobs import clear_ended_sessions
from tidegate.core.worker import Job
from tidegate.demo.heartbeat import beat
from tidegate.gate.jobs import settle_waiting_events
from tidegate.incidents.jobs import import_uploaded_files, sweep_uploads

JOBS: Final = (
    Job("settle waiting events", settle_waiting_events, every=1.0),
    Job("import uploaded files", import_uploaded_files, every=0.5),
    Job("sweep uploads", sweep_uploads, every=3600.0),
    Job("clear ended sessions", clear_ended_sessions, every=600.0),
)
DEMO_JOBS: Final = (Job("demo heartbeat", beat, every=20.0),)


def jobs() -> tuple[Job, ...]:
    """The jobs of this installation; a demo has one more that keeps it alive."""
    return JOBS + DEMO_JOBS if os.environ.get("TIDEGATE_DEMO") == "yes" else JOBS
