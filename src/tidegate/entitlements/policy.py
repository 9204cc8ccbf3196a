"""What holds whatever the action: nobody offers, or gives, what they may not do themselves."""

import uuid

from tidegate.authorization.scope import Scope
from tidegate.directory.policy import check_may_give_group
from tidegate.entitlements.models import ResourceRole


def check_may_offer(scope: Scope, package_id: uuid.UUID) -> None:
    """Raise Forbidden, naming the permission, if a package gives more than the actor may do here.

    Otherwise a policy of their own making would give it to them, or to somebody they know.
    """
    groups = ResourceRole.objects.in_scope(scope).filter(package_id=package_id, group_id__isnull=False)
    for group_id in groups.values_list("group_id", flat=True):
        if group_id is not None:
            check_may_give_group(scope, group_id)
