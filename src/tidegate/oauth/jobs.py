"""Tidying up: what nobody can use any more, and the sign-ins of long ago."""

from datetime import timedelta
from typing import Final

from django.db.models import Model, QuerySet

from tidegate.core import clock
from tidegate.oauth import keys
from tidegate.oauth.models import (
    AuthorizationCode,
    DeviceCode,
    RefreshToken,
    SignIn,
    UsedAssertion,
)

# A code or token that is used after its end is told so for a while; then it is one that never was.
KEPT_AFTER_END: Final = timedelta(days=7)
SIGN_INS_KEPT: Final = timedelta(days=90)
_AT_ONCE: Final = 1000


def rotate_keys() -> bool:
    """Make the next signing key in time, and forget those that no token needs."""
    return keys.rotate_keys()


def delete_ended() -> bool:
    """Delete codes, refresh tokens and assertions that ended a week ago; whether there are more."""
    before = clock.now() - KEPT_AFTER_END
    ended: tuple[QuerySet[Model], ...] = (
        AuthorizationCode.objects.across_tenants().filter(ends_at__lt=before),
        RefreshToken.objects.across_tenants().filter(ends_at__lt=before),
        DeviceCode.objects.filter(ends_at__lt=before),
        UsedAssertion.objects.across_tenants().filter(ends_at__lt=clock.now()),
    )
    had_more = [_delete_some(rows, "ends_at") for rows in ended]
    return any(had_more)


def delete_old_sign_ins() -> bool:
    """Delete sign-ins of 90 days ago; whether there are more."""
    before = clock.now() - SIGN_INS_KEPT
    return _delete_some(SignIn.objects.across_tenants().filter(last_at__lt=before), "last_at")


def _delete_some(rows: QuerySet[Model], by: str) -> bool:
    keys_of_rows = list(rows.order_by(by).values_list("id", flat=True)[:_AT_ONCE])
    if keys_of_rows:
        rows.filter(id__in=keys_of_rows).delete()
    return len(keys_of_rows) == _AT_ONCE
