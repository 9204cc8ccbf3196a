"""Who from outside could enter a tenant in a stretch of time, by the dates of their rows."""

import uuid
from datetime import datetime

from django.db.models import Q, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.directory.models import User


def list_guests_within(scope: Scope, since: datetime, until: datetime) -> QuerySet[User]:
    """The guests whose access overlapped it, by name; those removed since among them. Raises Forbidden."""
    require(scope, Permission.USER_READ)
    return _guests(scope, since, until).order_by("display_name", "id")


def domains_of_guests(scope: Scope, since: datetime, until: datetime) -> dict[uuid.UUID, set[str]]:
    """The domains of their addresses, by home tenant. It names nobody, and asks for no permission."""
    found: dict[uuid.UUID, set[str]] = {}
    rows = _guests(scope, since, until).filter(account__home_tenant_id__isnull=False)
    for home_id, mail in rows.values_list("account__home_tenant_id", "mail"):
        if home_id is not None:
            found.setdefault(home_id, set()).add(mail.rpartition("@")[2])
    return found


def ended_at(user: User) -> datetime | None:
    """When somebody's access ended or will: by its date, or as they were removed."""
    ends = [at for at in (user.ends_at, user.removed_at) if at is not None]
    return min(ends, default=None)


def _guests(scope: Scope, since: datetime, until: datetime) -> QuerySet[User]:
    return User.objects.in_scope(scope).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=since),
        Q(removed_at__isnull=True) | Q(removed_at__gt=since),
        user_type=User.UserType.GUEST,
        external_user_state=User.ExternalUserState.ACCEPTED,
        starts_at__lt=until,
    )
