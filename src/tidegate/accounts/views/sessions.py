"""Where somebody is signed in, and ending that."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tidegate.accounts.actions import end_sessions
from tidegate.accounts.browsers import describe_browser
from tidegate.accounts.events import record_event
from tidegate.accounts.models import Account


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One session as the page shows it."""

    id: int
    device: str
    user_agent: str
    ip_address: str
    last_seen_at: datetime
    started_at: datetime
    is_current: bool


@never_cache
@login_required
@require_safe
def list_sessions(request: HttpRequest) -> HttpResponse:
    """Every session that still works, the last used first."""
    sessions = UserSession.objects.purge_and_list(_account(request))
    rows = sorted(
        (_describe(session) for session in sessions), key=lambda row: row.last_seen_at, reverse=True
    )
    return render(request, "usersessions/sessions.html", {"sessions": rows})


@login_required
@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of the person's own sessions."""
    account = _account(request)
    session = get_object_or_404(UserSession, pk=session_id, user_id=account.pk)
    was_current = session.is_current()
    with transaction.atomic():
        session.end()
        record_event(request, account, "account.sessions_ended", details={"sessions": 1})
    if was_current:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("That session has ended."))
    return redirect("usersessions_list")


@login_required
@require_POST
def end_every_session(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    account = _account(request)
    with transaction.atomic():
        count = end_sessions(account)
        record_event(request, account, "account.sessions_ended", details={"sessions": count, "all": True})
    logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("account_login")


def _account(request: HttpRequest) -> Account:
    assert isinstance(request.user, Account)  # noqa: S101  what login_required is for
    return request.user


def _describe(session: UserSession) -> SessionRow:
    return SessionRow(
        id=session.pk,
        device=describe_browser(session.user_agent),
        user_agent=session.user_agent,
        ip_address=session.ip,
        last_seen_at=session.last_seen_at,
        started_at=session.created_at,
        is_current=session.is_current(),
    )
