# mypy: allow-untyped-calls
"""Signing in again: how long ago somebody showed who they are, and where they show it once more."""

import time
from datetime import timedelta

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse


def ask_again(request: HttpRequest, *, older_than: timedelta) -> HttpResponseRedirect | None:
    """To the page that asks for the password or passkey once more, and back; None when it was just shown.

    Nobody is asked who has no way to answer.
    """
    if _was_shown_within(request, older_than) or not can_be_asked(request):
        return None
    return redirect_to_login(request.get_full_path(), reverse("account_reauthenticate"))


def can_be_asked(request: HttpRequest) -> bool:
    """Whether the person has a way to show once more who they are."""
    return bool(get_reauthentication_flows(request.user))


def _was_shown_within(request: HttpRequest, length: timedelta) -> bool:
    # allauth keeps the machine's own time; signing in counts as well as signing in again.
    times = [record["at"] for record in get_authentication_records(request, request.user)]
    return bool(times) and time.time() - max(times) < length.total_seconds()
