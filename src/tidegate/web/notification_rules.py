"""What the pages of notification rules show: a rule in words, whom it tells, what may be chosen."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Relation, Scope
from tidegate.core import clock
from tidegate.customers.queries import list_tenant_groups
from tidegate.directory.queries import assignable_users, list_enterable
from tidegate.gate.opening import open_many
from tidegate.incidents.words import Severity
from tidegate.notifications.actions.trying import Preview, preview_mail
from tidegate.notifications.drafts import RecipientDraft, RuleDraft
from tidegate.notifications.models import NotificationRule, RuleRecipient
from tidegate.notifications.queries import (
    choosable_device_groups,
    count_deliveries,
    last_deliveries,
    list_channels,
    list_recipients,
    list_rotas,
    list_rules,
    name_tenant_groups,
    name_tenants,
)
from tidegate.notifications.tenant_groups import find_broken
from tidegate.notifications.words import About, Cadence, ChannelKind, DeliveryState, Reach
from tidegate.web.categories import category_label
from tidegate.web.forms.notifications import Offered
from tidegate.web.products import product_label
from tidegate.web.visit import Visit

OFFERED_AT_MOST: Final = 500
"""So many organizations a form lists; more are a tenant group's matter."""

FAILURES_SINCE: Final = timedelta(days=7)
NAMED_AT_MOST: Final = 2
_NO_NAMES: Final[Mapping[uuid.UUID, str]] = MappingProxyType({})
_FLAGS: Final = ("includes_organization_name", "includes_tenant_link", "includes_devices")
_ICONS: Final[Mapping[ChannelKind, str]] = {
    ChannelKind.MAIL: "mail",
    ChannelKind.INBOX: "alerts",
    ChannelKind.WEBHOOK: "link",
    ChannelKind.CHAT: "comment",
}
_STATES: Final[Mapping[str, tuple[str, Promise]]] = {
    "active": ("ok", gettext_lazy("Active")),
    "paused": ("dim", gettext_lazy("Paused")),
    "silent": ("warning", gettext_lazy("Silent: its owner may not see this any more")),
    "groupless": ("warning", gettext_lazy("Silent: its tenant group is not there any more")),
}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in the list."""

    rule: NotificationRule
    level: str
    state: str
    what: str
    to: str
    last_at: datetime | None
    failed: int


def describe_rules(scope: Scope) -> list[RuleRow]:
    """All rules of a tenant with how they fare. As many statements for many as for one."""
    counts = count_deliveries(scope, clock.now() - FAILURES_SINCE)
    last = last_deliveries(scope)
    told: dict[uuid.UUID, list[RuleRecipient]] = {}
    for row in list_recipients(scope):
        told.setdefault(row.rule_id, []).append(row)
    rules = list(list_rules(scope))
    broken, groups = find_broken(rules), name_tenant_groups(scope, rules)
    return [
        RuleRow(
            rule,
            *state_of(rule, is_broken=rule.id in broken),
            what=", ".join(describe_what(rule, groups)),
            to=name_few(told.get(rule.id, [])),
            last_at=last.get(rule.id),
            failed=counts.get(rule.id, {}).get(DeliveryState.FAILED, 0),
        )
        for rule in rules
    ]


def state_of(rule: NotificationRule, *, is_broken: bool) -> tuple[str, str]:
    """Level and word of a rule's state; broken is one without a tenant group that its owner may use."""
    key = "silent" if rule.silenced_at else "active"
    level, word = _STATES["paused" if rule.paused_at else "groupless" if is_broken else key]
    return level, str(word)


def describe_what(rule: NotificationRule, groups: Mapping[uuid.UUID, str] = _NO_NAMES) -> list[str]:
    """What a rule is about, as short words. `groups` are the names of tenant groups that the reader sees."""
    said = [str(About(rule.about).label)]
    if rule.severities:
        said.append(_or([str(Severity(one).label) for one in sorted(rule.severities, reverse=True)]))
    if rule.categories:
        said.append(_or([category_label(one) for one in rule.categories]))
    if rule.sources:
        said.append(_or([product_label(one) for one in rule.sources]))
    if rule.device_group_ids:
        number = len(rule.device_group_ids)
        said.append(
            ngettext("%(number)s device group", "%(number)s device groups", number) % {"number": number}
        )
    group = groups.get(rule.tenant_group_id) if rule.tenant_group_id else None
    if group is not None:
        said.append(_("Tenant group %(name)s") % {"name": group})
    elif rule.reach != Reach.TENANT:
        said.append(str(Reach(rule.reach).label))
    return said


def describe_when(rule: NotificationRule) -> list[str]:
    """When a rule tells, as sentences."""
    said = [str(Cadence(rule.cadence).label)]
    if rule.cadence == Cadence.EVERY:
        said = [_("Together, every %(number)s minutes") % {"number": rule.digest_minutes}]
    elif rule.digest_at is not None:
        said = [_("Together, each day at %(time)s") % {"time": f"{rule.digest_at:%H:%M}"}]
    if rule.quiet_from is not None and rule.quiet_until is not None:
        times = {"begin": f"{rule.quiet_from:%H:%M}", "end": f"{rule.quiet_until:%H:%M}"}
        said.append(
            _("Quiet from %(begin)s to %(end)s; what happens then is told together afterwards") % times
        )
    return said


def name_recipient(row: RuleRecipient) -> str:
    """Somebody, or a channel, by name."""
    if row.rota is not None:
        return _("On call: %(name)s") % {"name": row.rota.display_name}
    if row.channel is not None:
        return row.channel.display_name
    if row.kind == ChannelKind.INBOX and row.account is not None:
        return _("Inbox of %(name)s") % {"name": row.account.get_full_name()}
    return row.email


def name_few(rows: Iterable[RuleRecipient]) -> str:
    """The first of these by name, and how many more there are."""
    return _few([name_recipient(row) for row in rows])


def by_step(rule: NotificationRule, rows: Iterable[RuleRecipient]) -> list[tuple[str, list[dict[str, str]]]]:
    """The recipients of each step, with their icons, under what tells them."""
    found: dict[int, list[dict[str, str]]] = {}
    for row in rows:
        icon = "calendar" if row.rota_id else _ICONS[ChannelKind(row.kind)]
        found.setdefault(row.step, []).append({"icon": icon, "name": name_recipient(row)})
    return [(_say_step(rule, step), some) for step, some in sorted(found.items())]


def name_device_groups(scope: Scope, rule: NotificationRule) -> tuple[list[str], int]:
    """The device groups of a rule that the reader sees, and how many others it is about."""
    chosen = rule.device_group_ids
    names = list(choosable_device_groups(scope).filter(id__in=chosen).values_list("display_name", flat=True))
    return names, len(chosen) - len(names)


def name_chosen_tenants(scope: Scope, tenant_ids: Sequence[str], names: Mapping[uuid.UUID, str]) -> list[str]:
    """The organizations that a rule names, those that the reader may enter by name."""
    return [names.get(uuid.UUID(one)) or _cannot_enter(one) for one in tenant_ids]


def offer(visit: Visit, draft: RuleDraft) -> Offered:
    """What may be chosen in the form of a rule, with what is chosen already."""
    scope = visit.scope
    groups = [(str(group.id), group.display_name) for group in choosable_device_groups(scope)]
    recipients = _offer_recipients(scope, draft.recipients)
    if scope.entry.relation != Relation.MEMBER:
        return Offered(device_groups=groups, recipients=recipients)
    tenants, has_more = _offer_tenants(scope, draft.tenant_ids)
    return Offered(groups, recipients, tenants, has_more, _offer_tenant_groups(scope))


def new_draft(visit: Visit) -> RuleDraft:
    """What a new rule begins with: mails to who makes it, times in their zone."""
    account = visit.request.user
    zone, own = getattr(account, "time_zone", "UTC"), RecipientDraft(email=visit.scope.actor.email)
    return RuleDraft(display_name="", time_zone=zone, severities=[Severity.HIGH], recipients=[own])


def show_preview(visit: Visit, draft: RuleDraft) -> dict[str, Any]:
    """The mail of a draft for a page: its words, and the address of its HTML."""
    mail = preview_mail(visit.scope, draft, language=get_language() or "")
    flags = {name: "1" for name in _FLAGS if getattr(draft, name)}
    chosen = {"about": draft.about, "language": draft.language, "time_zone": draft.time_zone, **flags}
    return {"preview": mail, "preview_url": visit.link("notification_mail", **chosen)}


def read_preview(visit: Visit, asked: Mapping[str, str]) -> Preview:
    """The mail that such an address asks for. Raises InvalidInput."""
    draft = RuleDraft(
        display_name="-",
        about=asked.get("about", ""),
        language=asked.get("language", ""),
        time_zone=asked.get("time_zone", ""),
        recipients=[RecipientDraft(email=visit.scope.actor.email)],
        includes_organization_name="includes_organization_name" in asked,
        includes_tenant_link="includes_tenant_link" in asked,
        includes_devices="includes_devices" in asked,
    )
    return preview_mail(visit.scope, draft, language=get_language() or "")


def _offer_recipients(scope: Scope, chosen: Collection[RecipientDraft]) -> list[tuple[str, str]]:
    """Channels, rotas, inboxes: others' to who may read the users, and those chosen already."""
    users = assignable_users(scope.tenant_id, clock.now()).filter(account__isnull=False)
    if not scope.allows(Permission.USER_READ):
        own = [scope.entry.user_id, *(one.user_id for one in chosen)]
        users = users.filter(id__in=[one for one in own if one is not None])
    inboxes = [(f"user:{user.id}", _("Inbox of %(name)s") % {"name": user.display_name}) for user in users]
    rotas = [
        (f"rota:{one.id}", _("On call: %(name)s") % {"name": one.display_name}) for one in list_rotas(scope)
    ]
    channels = [
        (f"channel:{one.id}", f"{ChannelKind(one.kind).label}: {one.display_name}")
        for one in list_channels(scope)
    ]
    return [*channels, *rotas, *inboxes]


def _offer_tenants(scope: Scope, chosen: Collection[uuid.UUID]) -> tuple[list[tuple[str, str]], bool]:
    """The first by name, with those that are chosen already; and whether there are more."""
    users = list_enterable(open_many(scope.actor, Permission.ALERT_READ)).order_by("tenant__display_name")
    first = list(users[: OFFERED_AT_MOST + 1])
    found = {str(user.tenant_id): user.tenant.display_name for user in first[:OFFERED_AT_MOST]}
    others = [one for one in chosen if str(one) not in found]
    names = name_tenants(scope, others) if others else {}
    kept = {str(one): names.get(one) or _cannot_enter(str(one)) for one in others}
    return [*found.items(), *kept.items()], len(first) > OFFERED_AT_MOST


def _offer_tenant_groups(scope: Scope) -> list[tuple[str, str]]:
    return [
        (str(one.id), _("%(name)s (only yours)") % {"name": one.name} if one.is_private else one.name)
        for one in list_tenant_groups(scope)
    ]


def _cannot_enter(tenant_id: str) -> str:
    return _("One that you may not enter now (%(id)s)") % {"id": tenant_id[:8]}


def _say_step(rule: NotificationRule, step: int) -> str:
    if step == 0:
        return _("At once")
    after = rule.escalate_after[step - 1] if step <= len(rule.escalate_after) else 0
    return _("After %(number)s minutes in which nobody took it up") % {"number": after}


def _few(names: Sequence[str]) -> str:
    shown, more = ", ".join(names[:NAMED_AT_MOST]), len(names) - NAMED_AT_MOST
    return _("%(names)s and %(number)s more") % {"names": shown, "number": more} if more > 0 else shown


def _or(words: Sequence[str]) -> str:
    return _(" or ").join(words)
