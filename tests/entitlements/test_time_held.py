"""Whoever holds something for a time offers, gives and renews it within that time only."""

from datetime import datetime, timedelta

import pytest
from django.db.models import Q

from tests.cast import NOW, Cast, days
from tests.directory.test_time_held import administrator_until, refused
from tests.entitlements.elevations import HOUR, let, take_up
from tests.entitlements.offering import FOR_A_YEAR, give_group, make_package, make_policy
from tidegate.authorization.permissions import Permission
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Scope
from tidegate.directory.actions.groups import create_group
from tidegate.directory.actions.roles import assign_role
from tidegate.entitlements.actions.assignments import assign_directly
from tidegate.entitlements.actions.eligibilities import make_eligible
from tidegate.entitlements.actions.policies import create_policy, disable_policy, enable_policy, update_policy
from tidegate.entitlements.actions.renewing import renew_assignment, renew_eligibility
from tidegate.entitlements.actions.resources import add_resource
from tidegate.entitlements.models import AccessPackage, Assignment
from tidegate.entitlements.rules import ExpirationRule
from tidegate.entitlements.terms import Terms
from tidegate.entitlements.words import ExpirationType, TargetScope

pytestmark = pytest.mark.usefixtures("now")

END = NOW + days(5)


def package_of(cast: Cast, group: str = "Tier 1") -> AccessPackage:
    package = make_package(cast.customer)
    give_group(package, cast.group(group))
    return package


def temporary(cast: Cast) -> Scope:
    """`member`, who administers the tenant for five days."""
    administrator_until(cast, END)
    return cast.enter("member")


def terms(expiration: ExpirationRule) -> Terms:
    return Terms("For everybody", TargetScope.ALL_DIRECTORY_USERS, expiration)


def until(moment: datetime) -> ExpirationRule:
    return ExpirationRule(ExpirationType.AFTER_DATE_TIME, ends_at=moment)


def test_an_elevated_administrator_keeps_nothing(cast: Cast) -> None:
    """Not by a role, and not by a package that everybody may ask for without approval."""
    take_up(cast, let(cast, "member", role=BuiltInRole.GLOBAL_ADMINISTRATOR), "member")
    scope, role = cast.enter("member"), cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR)
    group, package = create_group(scope, display_name="Mine"), make_package(cast.customer)
    refused(lambda: assign_role(scope, role.id, user_id=cast.user("member").id))
    refused(lambda: assign_role(scope, role.id, group_id=group.id, ends_at=NOW + 2 * HOUR))
    refused(lambda: make_eligible(scope, role.id, user_id=cast.user("member").id, longest=HOUR))
    assign_role(cast.enter("admin"), role.id, group_id=group.id)
    refused(lambda: add_resource(scope, package.id, group_id=group.id))
    give_group(package, group)
    refused(lambda: create_policy(scope, package.id, terms(FOR_A_YEAR)))


def test_a_policy_gives_no_longer_than_its_writer_holds(cast: Cast) -> None:
    package, scope = package_of(cast), temporary(cast)
    refused(lambda: create_policy(scope, package.id, terms(FOR_A_YEAR)), Permission.ALERT_ASSIGN)
    refused(lambda: create_policy(scope, package.id, terms(until(END + days(1)))))
    policy = create_policy(scope, package.id, terms(until(END)))
    refused(lambda: update_policy(scope, package.id, policy.id, terms(FOR_A_YEAR)))
    lasting = make_policy(package, TargetScope.ALL_DIRECTORY_USERS)
    disable_policy(scope, package.id, lasting.id)
    refused(lambda: enable_policy(scope, package.id, lasting.id))


def test_a_package_is_given_and_renewed_within_the_givers_time(cast: Cast) -> None:
    package = package_of(cast)
    policy, scope = make_policy(package, TargetScope.NOT_SPECIFIED), temporary(cast)

    def give(duration: timedelta | None) -> Assignment:
        given = assign_directly(
            scope, package.id, policy.id, user_id=cast.user("helper").id, duration=duration
        )
        return Assignment.objects.of_tenant(cast.customer.id).get(Q(id=given.request.assignment_id))

    refused(lambda: give(None))
    refused(lambda: give(days(6)))
    held = give(days(5))
    refused(lambda: renew_assignment(scope, held.id))
    renew_assignment(cast.enter("admin"), held.id)


def test_eligibility_is_given_and_renewed_within_the_givers_time(cast: Cast) -> None:
    scope, role = temporary(cast), cast.role("Tier 2 Analyst")
    refused(lambda: make_eligible(scope, role.id, user_id=cast.user("helper").id, longest=HOUR))
    eligibility = make_eligible(scope, role.id, user_id=cast.user("helper").id, longest=HOUR, ends_at=END)
    refused(lambda: renew_eligibility(scope, eligibility.id))
