"""Files are taken in, in a process of its own: `python -m tools.bench.importing DOMAIN`, a path a line.

For each file it writes a line of JSON: how many alerts came in, the seconds from the first byte read until
the last block was committed, and the seconds of CPU that this process had. The first file warms up.
"""

import json
import os
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tidegate.config.settings")
django.setup()

from tidegate.authorization.permissions import Permission  # noqa: E402  Django had to be set up first
from tidegate.authorization.scope import Scope  # noqa: E402
from tidegate.config.collecting import collect_seldom  # noqa: E402
from tidegate.config.commands.operating import open_as_operator  # noqa: E402
from tidegate.incidents.actions.imports import import_stream, start_import  # noqa: E402


def take(scope: Scope, path: Path) -> dict[str, float]:
    """Take one file in."""
    run = start_import(scope, file_name=path.name, size=path.stat().st_size)
    begun, busy = time.perf_counter(), time.process_time()
    with path.open("rb") as stream:
        import_stream(scope, run, stream)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - busy
    alerts = run.created + run.updated + run.unchanged
    return {"alerts": alerts, "seconds": seconds, "cpu": cpu}


def main() -> None:
    """Take in each file that is named."""
    scope = open_as_operator(sys.argv[1], Permission.ALERT_IMPORT)
    # As the command does.
    collect_seldom()
    for line in sys.stdin:
        print(json.dumps(take(scope, Path(line.strip()))), flush=True)


if __name__ == "__main__":
    main()
