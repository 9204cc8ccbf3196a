"""Who of many people may see what has just changed: one statement for all, at the instant of asking."""

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef

from tidegate.accounts.models import Account
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.scoped import Reach
from tidegate.directory.models import User
from tidegate.directory.models.user import UserQuerySet
from tidegate.gate.reach import holding


def accounts_reaching(
    account_ids: Collection[uuid.UUID],
    tenant_ids: Collection[uuid.UUID],
    permission: Permission,
    within: Reach | None = None,
) -> set[uuid.UUID]:
    """Those of the accounts that may enter one of the tenants now and hold the permission there.

    `within` narrows the tenants further. The first tenant found is enough for an account, so it costs as much
    whether a few tenants are asked about or many.
    """
    users = _entering(permission, clock.now()).filter(tenant_id__in=tenant_ids)
    if within is not None:
        users = users.filter(within.restrict("tenant_id"))
    accounts = Account.objects.filter(id__in=account_ids, is_active=True)
    reaching = accounts.filter(Exists(users.filter(account_id=OuterRef("id"))))
    return set(reaching.values_list("id", flat=True))


def users_reaching(
    tenant_ids: Collection[uuid.UUID], user_ids: Collection[uuid.UUID], permission: Permission
) -> set[uuid.UUID]:
    """Those of the users of these tenants who may enter now and hold the permission."""
    users = _entering(permission, clock.now())
    found = users.filter(tenant_id__in=tenant_ids, id__in=user_ids, account__is_active=True)
    return set(found.values_list("id", flat=True))


def _entering(permission: Permission, at: datetime) -> UserQuerySet:
    everybody: UserQuerySet = User.objects.across_tenants()
    return holding(everybody.entering(at), permission, at)
