"""How the provider's people come to some of the customers: by packages, asked for and decided on.

Written after the guests who were invited by hand, through the same actions as everybody's, each at its
own moment before `now`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tidegate.accounts.models import Account
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Actor, ActorKind, Scope
from tidegate.core import clock
from tidegate.demo.organizations import LINDQVALE, MERIDAAL, ORVANE, PROVIDER
from tidegate.demo.specs import TenantSpec
from tidegate.devices.actions.device_access import set_device_group_access
from tidegate.devices.actions.device_groups import create_device_group
from tidegate.devices.matching import Rule
from tidegate.devices.words import RuleOperator, RuleProperty
from tidegate.directory.models import User
from tidegate.directory.queries import list_groups, list_roles
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.eligibilities import make_eligible
from tidegate.entitlements.actions.packages import create_package
from tidegate.entitlements.actions.policies import create_policy
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.actions.resources import add_resource
from tidegate.entitlements.actions.template import TIER_2, Setup, set_up_provider
from tidegate.entitlements.actions.write_ups import submit_write_up
from tidegate.entitlements.models import AccessPackage, AssignmentPolicy, AssignmentRequest
from tidegate.entitlements.rules import Approver, ExpirationRule, StageRule
from tidegate.entitlements.terms import Terms, break_glass_terms
from tidegate.entitlements.words import ApproverKind, ExpirationType, TargetScope
from tidegate.gate.opening import open as open_gate

_WRITE_UP: Final = (
    "The night desk could not reach anybody of Orvane. A jump host was signing in to the domain "
    "controllers with an account that had been disabled at noon. I isolated it, reset the account with "
    "Marit on the phone at 03:40, and left the case with Casper in the morning."
)


@dataclass(frozen=True, slots=True)
class Stage:
    """Who takes part, and when now is."""

    people: Mapping[str, Account]
    now: datetime

    def actor(self, email: str) -> Actor:
        """An account, acting from nowhere in particular."""
        account = self.people[email]
        return Actor(
            kind=ActorKind.PERSON,
            display_name=account.get_full_name(),
            account_id=account.id,
            email=account.email,
            home_tenant_id=account.home_tenant_id,
        )

    def enter(self, email: str, tenant: TenantSpec) -> Scope:
        """A tenant, as somebody opens it at this moment."""
        return open_gate(self.actor(email), str(tenant.tenant_id))


def seed_access(people: Mapping[str, Account], now: datetime) -> None:
    """Write all of it."""
    stage = Stage(people, now)
    _seed_orvane(stage)
    _seed_meridaal(stage)
    _seed_device_groups(stage)


def _seed_orvane(stage: Stage) -> None:
    """The ready-made set-up, somebody who came by it, somebody who waits, and a glass that was broken."""
    roos, femke = "roos.bredeveld@orvane.example", "femke.ooijens@veldwacht.example"
    with clock.standing_at(stage.now - timedelta(days=75)):
        scope = stage.enter(roos, ORVANE)
        made = _set_up(scope)
        emergency = _make_emergency(scope, made)
        role = list_roles(scope).get(display_name=BuiltInRole.SECURITY_ADMINISTRATOR)
        lead = User.objects.in_scope(scope).get(mail=femke)
        make_eligible(
            scope,
            role.id,
            user_id=lead.id,
            longest=timedelta(hours=4),
            ends_at=stage.now + timedelta(days=200),
        )
    approvers, tier_1, tier_2 = made.packages
    asked = _ask(stage, femke, approvers, days=-70, words="I answer for our analysts at Orvane.")
    _approve(stage, roos, asked, days=-69.5, words="Agreed with Femke in the contract, annex 3.")
    asked = _ask(
        stage,
        "priya.talsma@veldwacht.example",
        tier_2,
        days=-60,
        words="Rollout of the new sensors.",
        duration=timedelta(days=65),
    )
    _approve(stage, femke, asked, days=-59.8, words="On the plan for this quarter.")
    _ask(
        stage,
        "bram.kuipersloot@veldwacht.example",
        tier_1,
        days=-0.08,
        words="I take over Tom's night shifts from Monday.",
    )
    _break_glass(stage, emergency)


def _break_glass(stage: Stage, emergency: AccessPackage) -> None:
    dilara, joris = "dilara.sonmezer@veldwacht.example", "joris.haandrik@veldwacht.example"
    asked = _ask(stage, dilara, emergency, days=-6, words="Domain controllers at Orvane, nobody answers.")
    asked = _approve(stage, joris, asked, days=-5.999, words="Called twice myself. Go in.")
    with clock.standing_at(stage.now - timedelta(days=5.5)):
        if asked.assignment_id is not None:
            submit_write_up(stage.actor(dilara), asked.tenant_id, asked.assignment_id, text=_WRITE_UP)


def _seed_meridaal(stage: Stage) -> None:
    """Eight hours at a time, for two device groups, decided by the hospital's own people."""
    rutger, sanne = "rutger.boswinkel@meridaal.example", "sanne.weerdenaar@meridaal.example"
    with clock.standing_at(stage.now - timedelta(days=40)):
        scope = stage.enter(rutger, MERIDAAL)
        made = _set_up(scope)
        package = create_package(
            scope,
            catalog_id=made.catalog.id,
            display_name="Incident response, tier 2",
            description="Live response while an incident lasts.",
        )
        add_resource(scope, package.id, group_id=made.groups[2].id)
        for name, start in (("Office", "MZG-W"), ("Ward stations", "MZG-S")):
            rule = Rule(RuleProperty.NAME, RuleOperator.STARTS_WITH, (start,))
            group = create_device_group(scope, display_name=name, rules=[rule])
            add_resource(scope, package.id, device_group_id=group.id)
        users = User.objects.in_scope(scope).filter(mail__in=[rutger, sanne])
        deciding = tuple(Approver(ApproverKind.USER, user.id) for user in users)
        create_policy(scope, package.id, _hours(made, deciding))
    _ask(
        stage,
        "ines.vermaat@veldwacht.example",
        package,
        days=-0.015,
        words="A service account is exporting patient records. I need to isolate two ward stations.",
    )


def _seed_device_groups(stage: Stage) -> None:
    """At the energy company, servers are seen by its own people and the provider's second tier."""
    with clock.standing_at(stage.now - timedelta(days=30)):
        scope = stage.enter("astrid.holmvall@lindqvale.example", LINDQVALE)
        rule = Rule(RuleProperty.OS_PLATFORM, RuleOperator.CONTAINS, ("server",))
        group = create_device_group(scope, display_name="Servers", rules=[rule])
        seeing = list_groups(scope).filter(display_name__in=["Security office", "Tier 2 Analysts"])
        set_device_group_access(scope, group.id, group_ids=[one.id for one in seeing])


def _set_up(scope: Scope) -> Setup:
    administrator = scope.entry.user_id
    approvers = (administrator,) if administrator else ()
    return set_up_provider(
        scope,
        provider_tid=str(PROVIDER.tenant_id),
        provider_name=PROVIDER.display_name,
        approver_ids=approvers,
    )


def _make_emergency(scope: Scope, made: Setup) -> AccessPackage:
    package = create_package(
        scope,
        catalog_id=made.catalog.id,
        display_name="Break glass",
        description="For when nobody of ours can be reached. Two of you, one hour, and a write-up.",
        is_break_glass=True,
    )
    tier_2 = list_groups(scope).get(display_name=TIER_2)
    add_resource(scope, package.id, group_id=tier_2.id)
    terms = break_glass_terms("Emergencies", TargetScope.SPECIFIC_ORGANIZATIONS, (made.organization.id,))
    create_policy(scope, package.id, terms)
    return package


def _hours(made: Setup, deciding: tuple[Approver, ...]) -> Terms:
    return Terms(
        display_name="While an incident lasts",
        target_scope=TargetScope.SPECIFIC_ORGANIZATIONS,
        organization_ids=(made.organization.id,),
        stages=(StageRule(deciding, timedelta(hours=24)),),
        expiration=ExpirationRule(ExpirationType.AFTER_DURATION, timedelta(hours=8)),
    )


def _ask(
    stage: Stage,
    email: str,
    package: AccessPackage,
    *,
    days: float,
    words: str,
    duration: timedelta | None = None,
) -> AssignmentRequest:
    with clock.standing_at(stage.now + timedelta(days=days)):
        policy = AssignmentPolicy.objects.of_tenant(package.tenant_id).get(package_id=package.id)
        return request_access(
            stage.actor(email),
            package.tenant_id,
            package.id,
            policy.id,
            justification=words,
            duration=duration,
        )


def _approve(
    stage: Stage, email: str, request: AssignmentRequest, *, days: float, words: str
) -> AssignmentRequest:
    with clock.standing_at(stage.now + timedelta(days=days)):
        return decide(stage.actor(email), request.tenant_id, request.id, approves=True, justification=words)
