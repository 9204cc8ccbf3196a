"""The organizations that guests come from: what a tenant may know of whom it let in."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import F

from tidegate.directory.models import User


@dataclass(frozen=True, slots=True)
class Home:
    """One organization; without an id, nobody knows of one."""

    tenant_id: uuid.UUID | None
    name: str


NO_HOME: Final = Home(None, "")


def find_homes(users: Iterable[User]) -> dict[uuid.UUID, Home]:
    """The home of each guest by account: where they are a member, or else were one last.

    One statement. Accounts that never were a member of a tenant are not in it.
    """
    accounts = {user.account_id for user in users if user.is_guest and user.account_id}
    members = User.objects.across_tenants().filter(account_id__in=accounts, user_type=User.UserType.MEMBER)
    # The last one wins: those that were not removed, after those that were.
    rows = members.order_by(F("removed_at").asc(nulls_last=True), "id")
    return {
        account_id: Home(tenant_id, name)
        for account_id, tenant_id, name in rows.values_list("account_id", "tenant_id", "tenant__display_name")
    }
