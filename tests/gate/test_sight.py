"""Which device groups the gate hides: one tenant, many tenants and the reasons agree, at every instant."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, Cast, make_cast, make_role, scope_with
from tests.devices.making import hide, see_devices
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import SEES_ALL, SYSTEM
from tidegate.core.clock import standing_at
from tidegate.devices.models import DeviceGroup, DeviceGroupAccess
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import GroupMembership, RoleAssignment
from tidegate.gate.explaining import explain_own, who_can
from tidegate.gate.opening import open_many

hours = st.integers(-2, 2)
spans = st.tuples(hours, st.none() | hours)
type Span = tuple[int, int | None]


def holds(span: Span) -> bool:
    return span[0] <= 0 and (span[1] is None or span[1] > 0)


def dates(span: Span) -> dict[str, object]:
    begin, end = span
    return {
        "starts_at": NOW + timedelta(hours=begin),
        "ends_at": None if end is None else NOW + timedelta(hours=end),
    }


class TestSight(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        directly=st.none() | spans,
        through_group=st.none() | spans,
        membership=spans,
        ruling=st.none() | spans,
        is_restricted=st.booleans(),
    )
    def test_a_group_is_hidden_unless_a_row_in_force_says_otherwise(
        self,
        *,
        directly: Span | None,
        through_group: Span | None,
        membership: Span,
        ruling: Span | None,
        is_restricted: bool,
    ) -> None:
        cast = make_cast()
        with standing_at(NOW):
            group = hide(cast, "srv")
        DeviceGroup.rows.filter(id=group.id).update(is_restricted=is_restricted)
        reader, night = cast.user("reader"), cast.group("Tier 2")
        GroupMembership.rows.create(tenant=cast.customer, group=night, user=reader, **dates(membership))
        for given_to, span in (({"user": reader}, directly), ({"group": night}, through_group)):
            if span:
                DeviceGroupAccess.rows.create(
                    tenant=cast.customer, device_group=group, **given_to, **dates(span)
                )
        if ruling:
            role = cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR)
            RoleAssignment.rows.create(tenant=cast.customer, role=role, group=night, **dates(ruling))
        inside = holds(membership)
        sees = (
            not is_restricted
            or (directly is not None and holds(directly))
            or (through_group is not None and inside and holds(through_group))
            or (ruling is not None and inside and holds(ruling))
        )
        check_hidden(cast, group, is_hidden=not sees)


def check_hidden(cast: Cast, group: DeviceGroup, *, is_hidden: bool) -> None:
    with standing_at(NOW):
        scope = cast.enter("reader")
        many = open_many(cast.actor("reader"), Permission.DEVICE_READ)
        for sight in (scope.sight, many.sight):
            assert sight.hides is is_hidden
            found = DeviceGroup.objects.in_scope(scope).filter(sight.hidden("id"))
            assert list(found) == ([group] if is_hidden else [])
        chains = explain_own(scope, Permission.DEVICE_READ)
        kinds = {chain.links[-1].kind for chain in chains}
        assert kinds == ({"device_groups"} if is_hidden else {"role"})
        everybody = who_can(cast.enter("admin"), Permission.DEVICE_READ)
        own = [chain.links for chain in everybody if chain.user == cast.user("reader")]
        assert own == [chain.links for chain in chains]


@pytest.mark.usefixtures("now")
class TestWhoSeesEverything:
    def test_the_product_and_the_operator_do(self, cast: Cast) -> None:
        see_devices(cast.customer, "srv-1")
        hide(cast, "srv")
        assert scope_with(cast.customer, Permission.DEVICE_READ).sight == SEES_ALL
        assert not open_many(SYSTEM, Permission.DEVICE_READ).sight.hides

    def test_a_role_of_ones_own_with_every_permission_does_not(self, cast: Cast) -> None:
        hide(cast, "srv")
        role = make_role(cast.customer, "Everything", *RolePermission)
        assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
        assert cast.enter("member").sight.hides

    def test_an_administrator_elsewhere_does_not(self, cast: Cast) -> None:
        """Who rules at home is a guest like any other here."""
        hide(cast, "srv")
        home = cast.enter("boss", cast.provider)
        role = cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR, cast.provider)
        assign_role(home, role.id, user_id=cast.user("analyst", cast.provider).id)
        assert cast.enter("analyst").sight.hides
        assert not cast.enter("analyst", cast.provider).sight.hides
        assert open_many(cast.actor("analyst"), Permission.DEVICE_READ).sight.hides

    def test_what_one_tenant_hides_another_does_not(self, cast: Cast) -> None:
        hide(cast, "srv")
        assert not cast.enter("outsider", cast.other).sight.hides
        assert not open_many(cast.actor("outsider"), Permission.DEVICE_READ).sight.hides
        assert not open_many(cast.actor("stranger"), Permission.DEVICE_READ).sight.hides
