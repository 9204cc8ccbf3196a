"""A pytest plugin that prepares the process before Django reads its settings.

`TIDEGATE_TEST_ENGINE` says which database the run is about: `sqlite` (when it is not set) or `postgresql`,
for which a throw-away cluster is started and, whatever happens to this process, taken away again.
It is loaded with `-p` because pytest-django reads the settings before any conftest.py is imported.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, MutableMapping
from pathlib import Path

import pytest

ENGINES = ("sqlite", "postgresql")
ROOT = Path(__file__).resolve().parents[2]
ACTIVE = pytest.StashKey["Preparation"]()


class Preparation:
    """What one pytest process has set up for itself, to be taken down at its end."""

    def __init__(self) -> None:
        self.home: Path | None = None
        self.keeper: subprocess.Popen[str] | None = None

    def begin(self, environ: MutableMapping[str, str]) -> None:
        """Point TIDEGATE_* in `environ` at a fresh data folder and the engine asked for."""
        for name in [name for name in environ if name.startswith("TIDEGATE_") and "TEST" not in name]:
            del environ[name]
        self.home = Path(tempfile.mkdtemp(prefix="tidegate-tests-"))
        environ["TIDEGATE_HOME"] = str(self.home)
        environ["TIDEGATE_SECRET_KEY"] = "a fixed key for tests, long enough for every signature made with it"
        if read_engine(environ) == "postgresql":
            environ["TIDEGATE_DATABASE_URL"] = self._start_postgres()

    def end(self) -> None:
        """Stop the cluster and remove the data folder."""
        if self.keeper is not None:
            self.keeper.communicate()
        if self.home is not None:
            shutil.rmtree(self.home, ignore_errors=True)

    def _start_postgres(self) -> str:
        # A session of its own: Ctrl-C reaches only pytest, which then closes the pipe when it is done.
        self.keeper = subprocess.Popen(
            [sys.executable, "-m", "tools.throwaway_postgres"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.keeper.stdout is not None
        url = self.keeper.stdout.readline().strip()
        if not url:
            raise pytest.UsageError(
                "TIDEGATE_TEST_ENGINE=postgresql: no cluster could be started (see above)"
            )
        return url


def read_engine(environ: MutableMapping[str, str]) -> str:
    """The engine this run is about. Raises pytest.UsageError for a name we don't know."""
    engine = environ.get("TIDEGATE_TEST_ENGINE") or "sqlite"
    if engine not in ENGINES:
        message = f"TIDEGATE_TEST_ENGINE: must be one of {', '.join(ENGINES)}"
        raise pytest.UsageError(message)
    return engine


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, object, object]:
    """Prepare once, in the process that started the run: workers inherit its environment."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        preparation = early_config.stash[ACTIVE] = Preparation()
        early_config.add_cleanup(preparation.end)
        preparation.begin(os.environ)
    return (yield)


def pytest_report_header() -> str:
    """Name the engine at the top of the run."""
    return f"tidegate: on {read_engine(os.environ)}"
