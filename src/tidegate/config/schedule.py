"""What the worker does, and how often it looks."""

from typing import Final

from tidegate.core.worker import Job
from tidegate.gate.jobs import settle_waiting_events
from tidegate.incidents.jobs import import_uploaded_files

JOBS: Final = (
    Job("settle waiting events", settle_waiting_events, every=1.0),
    Job("import uploaded files", import_uploaded_files, every=0.5),
)
