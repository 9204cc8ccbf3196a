"""What holds whatever the action: nobody offers, or gives, what they may not do themselves."""

import uuid
from datetime import datetime

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.directory.policy import check_may_give_group
from tidegate.entitlements.models import ResourceRole


def check_may_offer(scope: Scope, package_id: uuid.UUID, *, until: datetime | None) -> None:
    """Raise Forbidden, naming the permission, if a package gives more than the actor may do here, or longer.

    `until` is the last instant at which anybody could hold it because of this; None for no end. Otherwise a
    policy of their own making would give it to them, or to somebody they know.
    """
    given = ResourceRole.objects.in_scope(scope).filter(package_id=package_id)
    for resource in given:
        if resource.group_id is not None:
            check_may_give_group(scope, resource.group_id, until=until)
        else:
            # Who sees which devices is the business of those who manage device groups.
            require(scope, Permission.DEVICE_GROUP_MANAGE)
