"""What every test gets: fast passwords, the cast, a clock that stands still, a browser if there is one."""

import gc
import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from hypothesis import HealthCheck
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.cast import NOW, Cast, make_cast
from tidegate.core.clock import standing_at
from tidegate.oauth import keys

CHROMIUM = Path("/usr/bin/chromium")
_DATABASE_FIXTURES = {"db", "transactional_db", "portal"}


def pytest_configure() -> None:
    """Hash passwords fast, and keep SQLite's database in a file, as the product does.

    Tests are about who signs in, not about how long guessing takes. In memory, threads would share
    one cache of pages and refuse each other at once where files let them wait for their turn.
    """
    # How long examples take to be thought of says something of the machine, and nothing of the code.
    hypothesis.settings.register_profile(
        "patient", suppress_health_check=[HealthCheck.too_slow], deadline=None
    )
    hypothesis.settings.load_profile("patient")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    database: dict[str, Any] = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(settings.TIDEGATE_HOME / "tests.sqlite3")
    connection_created.connect(_keep_statements)


def _keep_statements(connection: BaseDatabaseWrapper, **_told: Any) -> None:
    """Tests ask more statements than any server does: what is prepared stays so, for the next test."""
    if connection.vendor == "postgresql":
        connection.connection.prepared_max = 1000


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    """Deal files out so that each of the dear things is started once, and the longest before the others."""
    if config.getoption("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    # Not above: processes that run alone need no xdist.
    from tests.support.dealing import Dealing  # noqa: PLC0415

    return Dealing(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what a second engine cannot change, and skip what needs Chromium where there is none."""
    if os.environ.get("TIDEGATE_TEST_PART") == "database":
        same = [item for item in items if not _depends_on_engine(item)]
        items[:] = [item for item in items if _depends_on_engine(item)]
        config.hook.pytest_deselected(items=same)
    if "PYTEST_XDIST_WORKER" in os.environ:
        from tests.support.dealing import place  # noqa: PLC0415  as above

        items.sort(key=lambda item: place(item.nodeid))
    if CHROMIUM.exists():
        return
    skip = pytest.mark.skip(reason=f"{CHROMIUM} is not installed")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(skip)


def pytest_collection_finish() -> None:
    """What stands when the tests begin stands until they end: nobody looks through it for what to throw away.

    What tests leave behind is looked through sooner than ever: an answer that nobody read to its end tells
    its feed when it is thrown away, which is to be in its own test.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _one_signing_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding two large primes takes longer than most tests: all that sign tokens share one key.

    It is kept for longer than any test takes: read anew, it would be another one, made by nobody's row.
    """
    monkeypatch.setattr(keys, "generate_private_key", _signing_key)
    monkeypatch.setattr(keys, "_KEPT_SECONDS", math.inf)


@pytest.fixture(autouse=True, scope="session")
def _static_files_once() -> Iterator[None]:
    """Every client of a test has middleware of its own, which would look for all static files again."""
    found: dict[Any, dict[str, Any]] = {}
    search = WhiteNoiseMiddleware.add_files_from_finders

    def add_files(self: Any) -> None:
        kind = (self.static_prefix, self.max_age, settings.STORAGES["staticfiles"]["BACKEND"])
        if kind not in found:
            search(self)
            found[kind] = dict(self.files)
        self.files.update(found[kind])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files)
        yield


@cache
def _signing_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def _depends_on_engine(item: pytest.Item) -> bool:
    """Whether a test's own words say that it uses the database, or a server that does, as its subject."""
    if item.get_closest_marker("one_engine"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    marked = any(item.get_closest_marker(name) for name in ("django_db", "browser"))
    return marked or bool(fixtures & _DATABASE_FIXTURES) or "tools" in item.path.parts


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody, and it is `NOW` for nobody but those who ask for `now`."""
    return make_cast()


@pytest.fixture
def now() -> Iterator[None]:
    """It is `NOW` for the whole test."""
    with standing_at(NOW):
        yield
