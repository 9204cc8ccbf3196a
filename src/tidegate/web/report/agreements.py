"""By which service levels a report is reckoned: the reader's own, or for the customer each provider's."""

from dataclasses import dataclass

from tidegate.authorization.scope import Relation, Scope
from tidegate.customers.clocks import Level
from tidegate.customers.levels import levels_about, levels_for_person
from tidegate.directory.guests_over_time import domains_of_guests
from tidegate.web.report.period import Period


@dataclass(frozen=True, slots=True)
class Agreement:
    """A service level, and what it is called here: to the customer only whose it is."""

    label: str
    level: Level | None


def find_agreements(scope: Scope, period: Period) -> list[Agreement]:
    """What was agreed with the tenant, as far as the reader is to know; one without a level for nothing.

    A customer's own people see the times of those providers whose people had access in the period, called by
    the domains of their addresses. At most two statements.
    """
    actor, tenant_id = scope.actor, scope.tenant_id
    if scope.entry.relation != Relation.MEMBER:
        level = levels_for_person(actor.account_id, actor.home_tenant_id, [tenant_id]).get(tenant_id)
        return [Agreement(level.name if level else "", level)]
    levels = levels_about(tenant_id)
    domains = domains_of_guests(scope, period.since, period.until) if levels else {}
    agreed = [
        Agreement(level.name if home_id == tenant_id else ", ".join(sorted(domains[home_id])), level)
        for home_id, level in levels.items()
        if home_id == tenant_id or home_id in domains
    ]
    return sorted(agreed, key=lambda one: one.label) or [Agreement("", None)]
