"""The made-up tenants want to be told: each administrator has a rule, so that a running demo sends mails.

The provider's has one over a tenant group as well, which fills her inbox.
"""

from collections.abc import Mapping
from datetime import timedelta

from tidegate.accounts.models import Account
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.customers.queries import list_tenant_groups
from tidegate.demo.opening import open_as_administrator
from tidegate.demo.organizations import PROVIDER
from tidegate.demo.specs import World
from tidegate.incidents.words import Severity
from tidegate.notifications.actions.rules import create_rule
from tidegate.notifications.drafts import RecipientDraft, RuleDraft
from tidegate.notifications.words import Reach


def seed_rules(world: World, people: Mapping[str, Account]) -> None:
    """Write a rule into each tenant, as its administrator: of what happens from now on.

    A moment after all that was brought in, of which nobody is told any more.
    """
    for tenant in world.tenants:
        with clock.standing_at(world.now + timedelta(seconds=1)):
            _make_rule(open_as_administrator(world, tenant, people))
    with clock.standing_at(world.now + timedelta(seconds=1)):
        _make_wide_rule(open_as_administrator(world, PROVIDER, people))


def _make_rule(scope: Scope) -> None:
    draft = RuleDraft(
        display_name="What cannot wait",
        description="Each incident with an alert of medium or high severity, once.",
        about="incidents",
        severities=[Severity.MEDIUM, Severity.HIGH],
        is_once_per_incident=True,
        time_zone="Europe/Amsterdam",
        recipients=[RecipientDraft(email=scope.actor.email), RecipientDraft(user_id=scope.entry.user_id)],
    )
    create_rule(scope, draft)


def _make_wide_rule(scope: Scope) -> None:
    group = list_tenant_groups(scope).get(name="Night desk")
    draft = RuleDraft(
        display_name="Night desk",
        description="Each incident of high severity at the customers that the night desk watches, once.",
        about="incidents",
        reach=Reach.GROUP,
        tenant_group_id=group.id,
        severities=[Severity.HIGH],
        is_once_per_incident=True,
        time_zone="Europe/Amsterdam",
        recipients=[RecipientDraft(user_id=scope.entry.user_id)],
    )
    create_rule(scope, draft)
