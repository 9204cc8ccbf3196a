"""One tenant, many tenants, and the reasons why: three answers to one question, which must agree."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, START, Cast, make_cast, make_role
from tidegate.authorization.permissions import (
    EVERYONE_INSIDE,
    GRANTS,
    Permission,
    RolePermission,
    lines_granting,
)
from tidegate.authorization.scope import Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.directory.models import EmergencyStop, GroupMembership, Role, RoleAssignment, Tenant, User
from tidegate.directory.models.user import UserQuerySet
from tidegate.gate.explaining import explain_own, who_can
from tidegate.gate.granting import given_among_all
from tidegate.gate.opening import open as open_gate
from tidegate.gate.opening import open_many

type Span = tuple[int, int | None]

hours = st.integers(-3, 3)
spans = st.tuples(hours, st.none() | hours)
steady: st.SearchStrategy[Span] = st.sampled_from(
    [(-3, None), (-3, 0), (-3, 1), (0, None), (0, 0), (1, None)]
)


def at(hour: int | None) -> datetime | None:
    return None if hour is None else NOW + timedelta(hours=hour)


def holds(span: Span) -> bool:
    begin, end = span
    return begin <= 0 and (end is None or end > 0)


def dates(span: Span) -> dict[str, datetime | None]:
    return {"starts_at": at(span[0]), "ends_at": at(span[1])}


def open_or_none(cast: Cast, name: str, tenant: Tenant) -> Scope | None:
    try:
        return cast.enter(name, tenant)
    except NotFound:
        return None


def begin_stop(cast: Cast, covers: str, user: User) -> None:
    kinds = EmergencyStop.Covers
    EmergencyStop.rows.create(
        tenant=cast.customer,
        covers=covers,
        user_id=user.id if covers == kinds.GUEST else None,
        home_tenant_id=cast.provider.id if covers == kinds.ORGANIZATION else None,
        name="Stopped",
        reason="Breach",
        started_at=START,
        started_by="Admin",
    )


class TestAgreement(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        user=steady,
        membership=steady,
        assignment=steady,
        direct=steady,
        lines=st.sets(st.sampled_from(RolePermission), max_size=3),
        given_directly=st.booleans(),
        asked=st.sets(st.sampled_from(Permission), min_size=3, max_size=5),
        state=st.sampled_from(["", "", "", "blocked_at", "removed_at", "pending"]),
        home=st.sampled_from(["", "", "", "blocked_at", "removed_at", "ends_at"]),
        stop=st.sampled_from(["", "", "", *EmergencyStop.Covers]),
    )
    def test_a_chain_holds_while_each_of_its_links_does(
        self,
        *,
        user: Span,
        membership: Span,
        assignment: Span,
        direct: Span,
        lines: set[RolePermission],
        state: str,
        asked: set[Permission],
        given_directly: bool,
        home: str,
        stop: str,
    ) -> None:
        cast = make_cast()
        own = cast.user("analyst")
        if home:
            User.rows.filter(pk=cast.user("analyst", cast.provider).pk).update(**{home: NOW})
        if stop:
            begin_stop(cast, stop, own)
        changes: dict[str, object] = dict(dates(user))
        if state == "pending":
            changes["external_user_state"] = User.ExternalUserState.PENDING_ACCEPTANCE
        elif state:
            changes[state] = NOW
        User.rows.filter(pk=own.pk).update(**changes)
        GroupMembership.rows.filter(user_id=own.id).update(**dates(membership))
        RoleAssignment.rows.filter(group_id=cast.group("Tier 1").id).update(**dates(assignment))
        role = make_role(cast.customer, "Made here", *sorted(lines))
        if given_directly:
            made = RoleAssignment.rows.create(
                tenant=cast.customer, role_id=role.id, user_id=own.id, starts_at=START
            )
            RoleAssignment.rows.filter(pk=made.pk).update(**dates(direct))
        with standing_at(NOW):
            scope = open_or_none(cast, "analyst", cast.customer)
            assert (scope is not None) == (holds(user) and not (state or home or stop))
            if scope:
                expected = set()
                if holds(membership) and holds(assignment):
                    expected.add("Tier 1 Analyst")
                if given_directly and holds(direct):
                    expected.add("Made here")
                assert set(scope.entry.role_names) == expected
            self.compare(cast, "analyst", asked)

    def compare(self, cast: Cast, name: str, permissions: Iterable[Permission] = Permission) -> None:
        """Ask for each tenant and each permission in every way there is."""
        scopes = {
            tenant: open_or_none(cast, name, tenant) for tenant in (cast.provider, cast.customer, cast.other)
        }
        admin = open_or_none(cast, "admin", cast.customer)
        assert admin is not None
        for permission in permissions:
            allowed = {tenant.id for tenant, scope in scopes.items() if scope and scope.allows(permission)}
            many = open_many(cast.actor(name), permission)
            reached = Tenant.objects.filter(many.restrict("id")).values_list("id", flat=True)
            assert set(reached) == allowed, permission
            assert self.read_at_once(cast, name, permission) == allowed, permission
            for tenant, scope in scopes.items():
                if scope:
                    chains = explain_own(scope, permission)
                    assert bool(chains) == (tenant.id in allowed), permission
                    assert all(chain.until is None or chain.until > NOW for chain in chains)
            holders = {chain.user.account_id for chain in who_can(admin, permission)}
            assert (cast.accounts[name].id in holders) == (cast.customer.id in allowed), permission

    def read_at_once(self, cast: Cast, name: str, permission: Permission) -> set[UUID]:
        users: UserQuerySet = User.objects.across_tenants()
        own = users.entering_as(cast.accounts[name].id, NOW)
        if permission not in EVERYONE_INSIDE:
            own = own.filter(given_among_all(lines_granting(permission))(at=NOW))
        return set(own.values_list("tenant_id", flat=True))

    def test_everybody_everywhere(self) -> None:
        cast = make_cast()
        with standing_at(NOW):
            for name in ("analyst", "admin", "outsider", "stranger"):
                self.compare(cast, name)

    def test_every_line_alone(self) -> None:
        cast = make_cast()
        user = cast.user("helper")
        role = make_role(cast.customer, "Made here")
        RoleAssignment.rows.create(tenant=cast.customer, role_id=role.id, user_id=user.id, starts_at=NOW)
        with standing_at(NOW):
            for line in RolePermission:
                Role.rows.filter(pk=role.pk).update(role_permissions=f" {line} ")
                self.compare(cast, "helper", GRANTS[line])

    def test_a_home_opens_like_any_other(self) -> None:
        cast = make_cast()
        with standing_at(NOW):
            assert open_gate(cast.actor("lead"), "") == cast.enter("lead", cast.provider)
