"""Sessions are kept as Django keeps them, and one that was ended stays ended."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tidegate.accounts.session_store import SessionStore


@pytest.fixture
def kept() -> SessionStore:
    store = SessionStore()
    store["word"] = "first"
    store.save()
    return store


def test_session_is_read_and_written_as_django_does(
    kept: SessionStore, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    store = SessionStore(kept.session_key)
    with django_assert_num_queries(1):
        assert store["word"] == "first"

    store["word"] = "second"
    store.save()

    assert db.SessionStore(kept.session_key)["word"] == "second"


def test_session_that_was_ended_is_not_brought_back(kept: SessionStore) -> None:
    store = SessionStore(kept.session_key)
    store["word"] = "again"
    SessionStore(kept.session_key).delete()

    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.filter(session_key=kept.session_key).exists()


def test_session_that_expired_is_nobodys(kept: SessionStore) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    store = SessionStore(kept.session_key)

    assert store.get("word") is None
    assert store.session_key is None


def test_session_of_another_key_is_not_found(kept: SessionStore) -> None:
    assert SessionStore(f"{kept.session_key}x").get("word") is None
