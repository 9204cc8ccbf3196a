"""The preparation of a test run: nothing of the developer's own installation is touched."""

from pathlib import Path

import pytest

from tests.support.environment import Preparation, read_engine


def test_preparation_replaces_the_developers_own_settings() -> None:
    environ = {"TIDEGATE_HOME": "/srv/live", "TIDEGATE_DATABASE_URL": "postgresql://live", "PATH": "/bin"}
    preparation = Preparation()
    preparation.begin(environ)
    home = Path(environ["TIDEGATE_HOME"])
    assert home.is_dir()
    assert home != Path("/srv/live")
    assert sorted(environ) == ["PATH", "TIDEGATE_HOME", "TIDEGATE_SECRET_KEY"]
    preparation.end()
    assert not home.exists()


def test_engine_is_sqlite_unless_asked() -> None:
    assert read_engine({}) == "sqlite"
    assert read_engine({"TIDEGATE_TEST_ENGINE": "postgresql"}) == "postgresql"


def test_unknown_engine_names_the_variable() -> None:
    with pytest.raises(pytest.UsageError, match="TIDEGATE_TEST_ENGINE: must be one of sqlite, postgresql"):
        read_engine({"TIDEGATE_TEST_ENGINE": "oracle"})
