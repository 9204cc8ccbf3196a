"""A portal with nothing but this room: its addresses, fast passwords, counters that start at zero."""

import re
from collections.abc import Callable
from contextlib import nullcontext, suppress

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from tidegate.accounts.actions import create_account
from tidegate.accounts.models import Account

PASSWORD = "harbour lights at dusk"


@pytest.fixture(autouse=True)
def portal(db: None, settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.accounts.urls"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MIDDLEWARE = [
        name for name in settings.MIDDLEWARE if not name.startswith(("tidegate.web.", "whitenoise."))
    ]
    settings.TRIAL_TENANTS = True
    cache.clear()


@pytest.fixture(autouse=True)
def committing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests never commit: what waits for a commit is done at once."""

    def do_now(action: Callable[[], object], using: str | None = None, *, robust: bool = False) -> None:
        with suppress(Exception) if robust else nullcontext():
            action()

    monkeypatch.setattr("django.db.transaction.on_commit", do_now)


@pytest.fixture
def account() -> Account:
    return create_account("ann@provider.example", PASSWORD, "Ann Visser", "en")


@pytest.fixture
def sign_in(client: Client) -> Callable[..., Client]:
    def sign_in(email: str = "ann@provider.example", into: Client | None = None) -> Client:
        into = into or client
        response = into.post("/sign-in", {"login": email, "password": PASSWORD})
        assert response.status_code == 302, response.content.decode()
        return into

    return sign_in


@pytest.fixture
def mailed() -> Callable[[str], str]:
    def mailed(pattern: str) -> str:
        found = re.search(pattern, str(mail.outbox[-1].body), re.MULTILINE)
        assert found, mail.outbox[-1].body
        return found.group()

    return mailed
