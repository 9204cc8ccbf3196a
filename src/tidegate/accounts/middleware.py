"""Keeps "last seen" of each session, without writing on every request."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from tidegate.accounts.actors import client_address, user_agent_of
from tidegate.core import clock
from tidegate.core.prepared import INSTANT, TEXT, Prepared

_FRESH = timedelta(minutes=1)
_LONGEST_USER_AGENT = 200


class LastSeenMiddleware:
    """Notes when and from where a session was last used, at most once a minute."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note first: also a request that fails was a use of the session."""
        if request.user.is_authenticated:
            _note_use(request)
        return self.get_response(request)


def _note_use(request: HttpRequest) -> None:
    key, before = request.session.session_key, clock.now() - _FRESH
    # Asking first costs less than an update that changes nothing: that takes the write lock of SQLite.
    if key and _STALE.rows(key=key, before=before):
        _stale(key, before).update(
            last_seen_at=clock.now(),
            ip=client_address(request) or "0.0.0.0",  # noqa: S104  not bound to: an address that says "unknown"
            user_agent=user_agent_of(request)[:_LONGEST_USER_AGENT],
        )


def _stale(key: str, before: datetime) -> QuerySet[UserSession, Any]:
    found: QuerySet[UserSession, Any] = UserSession.objects.filter(session_key=key, last_seen_at__lt=before)
    return found


_STALE: Final = Prepared(
    lambda key, before: _stale(key, before).values_list("id")[:1], key=TEXT, before=INSTANT
)
