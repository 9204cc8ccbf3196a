import os
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.cast import Cast, scope_with
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.incidents.actions.imports import start_import
from tidegate.incidents.jobs import ORPHANED_AFTER, sweep_uploads


@pytest.fixture
def uploads(tmp_path: Path, settings: Settings) -> Path:
    settings.TIDEGATE_HOME = tmp_path
    folder = tmp_path / "uploads"
    folder.mkdir()
    return folder


def leave(folder: Path, name: str, age: timedelta) -> Path:
    path = folder / name
    path.write_text("[]")
    moment = (clock.now() - age).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_only_old_files_that_no_import_knows_are_removed(cast: Cast, uploads: Path) -> None:
    old = ORPHANED_AFTER + timedelta(hours=1)
    orphan, waiting = leave(uploads, "orphan", old), leave(uploads, "waiting", old)
    fresh = leave(uploads, "fresh", timedelta(hours=1))
    scope = scope_with(cast.customer, Permission.ALERT_IMPORT)
    start_import(scope, file_name="a.json", size=2, path=waiting)

    assert sweep_uploads() is False

    assert (orphan.exists(), waiting.exists(), fresh.exists()) == (False, True, True)


def test_no_uploads_yet_is_no_fault(cast: Cast, tmp_path: Path, settings: Settings) -> None:
    settings.TIDEGATE_HOME = tmp_path / "nowhere"

    assert sweep_uploads() is False
