"""Tidying up: sessions that have ended by themselves."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from tidegate.core import clock

_AT_ONCE = 500


def clear_ended_sessions() -> bool:
    """Delete up to 500 sessions whose time is over, here and in the lists; whether there were any."""
    over = Session.objects.filter(expire_date__lt=clock.now()).order_by("expire_date")
    keys = list(over.values_list("session_key", flat=True)[:_AT_ONCE])
    UserSession.objects.filter(session_key__in=keys).delete()
    Session.objects.filter(session_key__in=keys, expire_date__lt=clock.now()).delete()
    return bool(keys)
