# mypy: allow-untyped-calls
"""Sign-ins that something longer rests on: what they are checked against later, and when they were made."""

import time
from datetime import UTC, datetime

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from tidegate.accounts.models import Account


def mark_sessions(account: Account) -> str:
    """What every session of the account is checked against now.

    A new password and "sign out everywhere" make another one, which ends what was given out under this.
    """
    return account.get_session_auth_hash()


def still_holds(account: Account, mark: str) -> bool:
    """Whether an account may still do what a sign-in with this mark allowed."""
    marks = [account.get_session_auth_hash(), *account.get_session_auth_fallback_hash()]
    return account.is_active and any(constant_time_compare(mark, known) for known in marks)


def signed_in_at(request: HttpRequest) -> datetime:
    """When the person last showed who they are in this session; by the machine's clock, as it was kept."""
    times = [record["at"] for record in get_authentication_records(request, request.user)]
    return datetime.fromtimestamp(max(times, default=time.time()), UTC)


def sign_out(request: HttpRequest) -> None:
    """End the session of this browser, as the page for it does."""
    get_adapter().logout(request)
