"""Alerts come in at a steady rate, from a process of its own: `python -m tools.bench.pushing DOMAIN BATCHES`.

Reads one batch of alerts a line of standard input, as NDJSON in a JSON text, and takes in five batches a
second. For each it writes a line: the machine's monotonic clock when the batch was committed. The first
line says when it began.
"""

import io
import json
import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.config.settings")
django.setup()

from tidegate.authorization.permissions import Permission  # noqa: E402  Django had to be set up first
from tidegate.authorization.scope import Scope  # noqa: E402
from tidegate.config.commands.operating import open_as_operator  # noqa: E402
from tidegate.incidents.actions.imports import import_stream, start_import  # noqa: E402

PAUSE = 0.2
SETTLING = 3.0


def push(scope: Scope, text: str) -> float:
    """Take one batch in; when it was committed."""
    committed: list[float] = []
    data = text.encode()
    run = start_import(scope, file_name="push.ndjson", size=len(data))
    import_stream(scope, run, io.BytesIO(data), on_progress=lambda _: committed.append(time.monotonic()))
    return committed[-1]


def main() -> None:
    """Push what standard input holds."""
    scope = open_as_operator(sys.argv[1], Permission.ALERT_IMPORT)
    batches = [json.loads(line) for line in sys.stdin]
    # What a program does once is done before it counts, here and in the server.
    push(scope, batches.pop(0))
    time.sleep(SETTLING)
    begun = time.monotonic()
    print(f"{begun:.6f}", flush=True)
    for number, batch in enumerate(batches):
        time.sleep(max(0.0, begun + number * PAUSE - time.monotonic()))
        print(f"{push(scope, batch):.6f}", flush=True)


if __name__ == "__main__":
    main()
