"""An assignment says which built-in role it gives, whoever makes it; what it says is what counts."""

import pytest

from tests.cast import NOW, Cast
from tidegate.authorization.permissions import Permission
from tidegate.directory.models import Role, RoleAssignment, User
from tidegate.gate.reach import holding


@pytest.mark.django_db
def test_every_assignment_says_the_name_of_a_built_in_role_and_no_other(cast: Cast) -> None:
    own = Role.rows.create(
        tenant=cast.customer,
        display_name="Security Reader of ours",
        role_permissions=" view_data.security_operations ",
    )
    RoleAssignment.rows.create(tenant=cast.customer, role=own, user_id=cast.user("member").id, starts_at=NOW)

    for row in RoleAssignment.rows.select_related("role"):
        assert row.built_in_role == (row.role.display_name if row.role.is_built_in else "")
    said = set(RoleAssignment.rows.values_list("built_in_role", flat=True))
    assert {"", "Global Administrator", "Security Reader"} <= said


def test_role_of_ones_own_that_is_called_like_a_built_in_one_gives_what_it_holds(cast: Cast) -> None:
    """Its name says nothing: `built_in_role` stays empty, and its own lines are looked up."""
    named = Role.rows.create(tenant=cast.other, display_name="Tier 9", role_permissions="")
    user = cast.user("outsider", cast.other)
    RoleAssignment.rows.filter(tenant=cast.other, user_id=user.id).delete()
    RoleAssignment.rows.create(tenant=cast.other, role=named, user_id=user.id, starts_at=NOW)

    def holds() -> bool:
        own = User.objects.across_tenants().entering(NOW).filter(pk=user.pk)
        return holding(own, Permission.INCIDENT_READ, NOW).exists()

    assert not holds()
    named.role_permissions = " view_data.security_operations "
    named.save()
    assert holds()
