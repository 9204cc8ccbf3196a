"""What is told outside, in several tenants: who fetches and how far they are, who is notified and of what."""

import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.paging import SortKey
from tidegate.directory.applications import grants_of, list_siem_principals
from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.feeds.models import Consumer
from tidegate.feeds.queries import Come, list_consumers, stand_each
from tidegate.notifications.across import (
    fare_of_rules,
    list_deliveries_of_many,
    list_rules_of_many,
    name_enterable,
    name_own_groups,
    recipients_of_rules,
)
from tidegate.notifications.models import Delivery, NotificationRule
from tidegate.notifications.tenant_groups import find_broken
from tidegate.notifications.words import DeliveryState
from tidegate.web.deliveries import DeliveryRow, describe_named, may_resend
from tidegate.web.feeds import FeedRow, describe_standing
from tidegate.web.many_given import Choice, Given
from tidegate.web.many_lists import NEWEST, Act, Column, Link, ManyList, Tab
from tidegate.web.many_visit import ManyVisit
from tidegate.web.notification_rules import FAILURES_SINCE, RuleRow, describe_what, name_few, state_of
from tidegate.web.siem_rows import siem_row

_SIEM_TABS: Final = (Tab(_("MSSP"), "siem"), Tab(_("Feeds"), "feeds"))
_FURTHEST_BEHIND: Final = (
    SortKey("covered_until", descending=False),
    SortKey("id", descending=False),
)
_BY_AGE: Final = (SortKey("id", descending=False),)


def _describe_feeds(visit: ManyVisit, consumers: Sequence[Consumer]) -> list[FeedRow | None]:
    standings = stand_each(visit.scope, consumers)
    return [describe_standing(one) if one else None for one in standings]


FEEDS: Final = ManyList[Consumer](
    name="feeds",
    title=_("Feeds"),
    tag="feeds.viewed",
    template="web/many/rows/feeds.html",
    columns=(
        Column(_("Application")),
        Column(_("Fetches"), "is-third"),
        Column(_("State")),
        Column(_("Has all up to"), "is-third"),
        Column(_("Waiting"), "num is-fourth"),
        Column(_("Gaps"), "num is-fourth"),
        Column(_("Last fetched")),
    ),
    noun=lambda number: ngettext("feed", "feeds", number),
    ask=lambda visit, given: list_consumers(visit.scope, Come(given.chosen["state"])),
    order=lambda given: _BY_AGE if given.chosen["state"] == Come.LOOKING else _FURTHEST_BEHIND,
    describe=_describe_feeds,
    link=lambda consumer: ("feed", consumer.id),
    choices=(
        Choice(
            "state",
            _("State"),
            (
                (Come.FOLLOWING, _("All that follow")),
                (Come.BEHIND, _("Behind")),
                (Come.LOOKING, _("Looks, without following")),
            ),
        ),
    ),
    tabs=_SIEM_TABS,
    note=lambda _given: _("Furthest behind first"),
)


def _ask_siem(visit: ManyVisit, given: Given) -> QuerySet[ServicePrincipal]:
    readable = visit.scope_of(Permission.APPLICATION_READ)
    return list_siem_principals(visit.scope, clock.now(), readable).filter(display_name__icontains=given.text)


def _describe_siem(visit: ManyVisit, principals: Sequence[ServicePrincipal]) -> list[dict[str, Any]]:
    held: dict[uuid.UUID, list[Grant]] = {}
    grants = grants_of(visit.scope_of(Permission.APPLICATION_READ), principals, clock.now())
    for grant in grants.filter(resource=Resource.SIEM):
        held.setdefault(grant.service_principal_id, []).append(grant)
    return [siem_row(one, held.get(one.id, [])) for one in principals]


SIEM: Final = ManyList[ServicePrincipal](
    name="siem",
    title=_("SIEM"),
    tag="siem.viewed",
    template="web/many/rows/siem.html",
    columns=(
        Column(_("Application")),
        Column(_("Provider"), "is-third"),
        Column(_("State")),
        Column(_("Authorised"), "is-third"),
        Column(_("Until")),
    ),
    noun=lambda number: ngettext("application", "applications", number),
    ask=_ask_siem,
    describe=_describe_siem,
    link=lambda principal: ("siem_application", principal.id),
    searches=_("Name"),
    acts=(
        Act(
            Permission.PORTAL_SETTING_MANAGE,
            lambda _one: _("Renew"),
            lambda one: None if one.application.disabled_at else ("siem_renew", one.id),
        ),
        Act(
            Permission.PORTAL_SETTING_MANAGE,
            lambda _one: _("Withdraw"),
            lambda one: ("siem_withdraw", one.id),
        ),
    ),
    tabs=_SIEM_TABS,
)

_NOTIFICATION_TABS: Final = (
    Tab(_("Rules"), "notifications"),
    Tab(_("Deliveries"), "notification_deliveries"),
)


def _describe_rules(visit: ManyVisit, rules: Sequence[NotificationRule]) -> list[RuleRow]:
    told = recipients_of_rules(visit.scope, rules)
    last, failed = fare_of_rules(visit.scope, rules, clock.now() - FAILURES_SINCE)
    broken, groups = find_broken(rules), name_own_groups(visit.actor, rules)
    return [
        RuleRow(
            rule,
            *state_of(rule, is_broken=rule.id in broken),
            what=", ".join(describe_what(rule, groups)),
            to=name_few(told.get(rule.id, [])),
            last_at=last.get(rule.id),
            failed=failed.get(rule.id, 0),
        )
        for rule in rules
    ]


RULES: Final = ManyList[NotificationRule](
    name="notifications",
    title=_("Notifications"),
    tag="notification_rules.viewed",
    template="web/many/rows/rules.html",
    columns=(
        Column(_("Name")),
        Column(_("State")),
        Column(_("Tells of"), "is-third"),
        Column(_("Whom"), "is-third"),
        Column(_("Owner"), "is-fourth"),
        Column(_("Last sent")),
        Column(_("Failed"), "num is-third"),
    ),
    noun=lambda number: ngettext("rule", "rules", number),
    ask=lambda visit, given: list_rules_of_many(visit.scope).filter(display_name__icontains=given.text),
    describe=_describe_rules,
    link=lambda rule: ("notification_rule", rule.id),
    searches=_("Name"),
    tabs=_NOTIFICATION_TABS,
)


def _ask_deliveries(visit: ManyVisit, given: Given) -> QuerySet[Delivery]:
    return list_deliveries_of_many(visit.scope, state=given.chosen["state"], text=given.text)


def _describe_deliveries(visit: ManyVisit, rows: Sequence[Delivery]) -> list[DeliveryRow]:
    return describe_named(rows, name_enterable(visit.actor, [one.part_tenant_id for one in rows]))


def _rule_of(delivery: Delivery) -> Link | None:
    is_there = delivery.rule is not None and delivery.rule.removed_at is None
    return ("notification_rule", delivery.rule_id) if is_there else None


DELIVERIES: Final = ManyList[Delivery](
    name="notification_deliveries",
    title=_("Deliveries"),
    tag="notification_deliveries.viewed",
    template="web/many/rows/deliveries.html",
    columns=(
        Column(_("To")),
        Column(_("State")),
        Column(_("Rule"), "is-third"),
        Column(_("Answer"), "is-third"),
        Column(_("Attempts"), "num is-fourth"),
        Column(_("When")),
    ),
    noun=lambda number: ngettext("delivery on this page", "deliveries on this page", number),
    ask=_ask_deliveries,
    order=lambda _given: NEWEST,
    describe=_describe_deliveries,
    link=_rule_of,
    searches=_("Address or rule"),
    choices=(Choice("state", _("State"), (("", _("All")), *DeliveryState.choices)),),
    acts=(
        Act(
            Permission.SECURITY_SETTING_MANAGE,
            lambda _one: _("Resend"),
            lambda one: ("notification_resend", one.id) if may_resend(one) else None,
            posts=True,
        ),
    ),
    tabs=_NOTIFICATION_TABS,
)
