"""A group whose members may take up a role is as guarded as one that gives it."""

from datetime import timedelta

import pytest

from tests.cast import Cast, make_role
from tidegate.authorization.permissions import RolePermission
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.errors import Forbidden
from tidegate.directory.actions.groups import add_member
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import RoleAssignment
from tidegate.entitlements.actions.eligibilities import end_eligibility, make_eligible

pytestmark = pytest.mark.usefixtures("now")


def test_who_manages_the_directory_alone_does_not_come_to_more_by_an_eligible_group(cast: Cast) -> None:
    admin = cast.enter("admin")
    keeper = make_role(cast.customer, "Keeper", RolePermission.MANAGE_DIRECTORY)
    assign_role(admin, keeper.id, user_id=cast.user("member").id)
    group, role = cast.group("Tier 1"), cast.role(BuiltInRole.SECURITY_ADMINISTRATOR)
    RoleAssignment.rows.filter(tenant=cast.customer, group_id=group.id).delete()
    eligible = make_eligible(admin, role.id, group_id=group.id, longest=timedelta(hours=1))

    with pytest.raises(Forbidden):
        add_member(cast.enter("member"), group.id, cast.user("member").id)

    end_eligibility(admin, eligible.id)
    add_member(cast.enter("member"), group.id, cast.user("member").id)
