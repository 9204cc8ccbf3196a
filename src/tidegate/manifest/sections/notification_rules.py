"""Notification rules of one tenant: made, changed and removed by name; channels and rotas must be there."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import time
from typing import Any, Final

from django.db.models import QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.customers.queries import list_tenant_groups
from tidegate.directory.models import Tenant, User
from tidegate.directory.queries import assignable_users, list_users
from tidegate.gate.opening import read_tid
from tidegate.incidents.words import Severity
from tidegate.manifest.desk import Desk, find_named, get_named, given
from tidegate.manifest.forms.base import UNSET, UnsetType
from tidegate.manifest.forms.notifications import NotificationRuleForm, RecipientForm
from tidegate.notifications.actions.rules import (
    create_rule,
    pause_rule,
    remove_rule,
    resume_rule,
    update_rule,
)
from tidegate.notifications.drafting import draft_of
from tidegate.notifications.drafts import RecipientDraft, RuleDraft
from tidegate.notifications.models import NotificationRule, RuleRecipient
from tidegate.notifications.queries import (
    choosable_device_groups,
    list_channels,
    list_recipients,
    list_rotas,
    list_rules,
    name_tenant_groups,
)
from tidegate.notifications.words import ChannelKind, Reach

_PLAIN: Final = (
    *("description", "about", "categories", "sources", "cadence", "digest_minutes", "time_zone", "language"),
    *("includes_organization_name", "includes_tenant_link", "includes_devices", "is_once_per_incident"),
    "escalate_after",
)
_TIMES: Final = ("digest_at", "quiet_from", "quiet_until")


def settle_notification_rule(desk: Desk, form: NotificationRuleForm) -> None:
    """Make it, or change it; pause or resume it."""
    rule = find_named(list_rules(desk.scope), form.display_name)
    rule = _create(desk, form) if rule is None else _change(desk, form, rule)
    if form.is_paused is not UNSET and form.is_paused != (rule.paused_at is not None):
        (pause_rule if form.is_paused else resume_rule)(desk.scope, rule.id)
        verb = "pause" if form.is_paused else "resume"
        desk.note(f"{verb} notification rule {rule.display_name} in {desk.tenant_name}")


def clear_notification_rule(desk: Desk, form: NotificationRuleForm) -> None:
    """Remove it."""
    rule = find_named(list_rules(desk.scope), form.display_name)
    if form.state == "absent" and rule is not None:
        remove_rule(desk.scope, rule.id)
        desk.note(f"remove notification rule {rule.display_name} in {desk.tenant_name}")


def describe_notification_rules(scope: Scope) -> list[NotificationRuleForm]:
    """All but those over a private tenant group: such a rule is its owner's, made on a page."""
    told: dict[uuid.UUID, list[RuleRecipient]] = {}
    for row in list_recipients(scope):
        told.setdefault(row.rule_id, []).append(row)
    groups = {str(group.id): group.display_name for group in choosable_device_groups(scope)}
    users = {user.account_id: user for user in _entering(scope) if user.account_id}
    rules = list(list_rules(scope))
    shared = name_tenant_groups(scope, rules)
    forms = []
    for rule in rules:
        if rule.reach == Reach.GROUP and rule.tenant_group_id not in shared:
            continue
        form = _describe(rule, told.get(rule.id, []), groups, users)
        if rule.reach != Reach.TENANT:
            form.reach, form.tenants = rule.reach, list(rule.tenant_ids)
        if rule.tenant_group_id in shared:
            form.tenant_group = shared[rule.tenant_group_id]
        forms.append(form)
    return forms


def _create(desk: Desk, form: NotificationRuleForm) -> NotificationRule:
    if form.owner is UNSET:
        raise InvalidInput(fields={"owner": "must be named for a new rule: it sees what its owner sees"})
    draft = _fill(desk, form, RuleDraft(display_name=form.display_name))
    owner = get_named(_entering(desk.scope), "user who may enter", form.owner, "mail")
    rule = create_rule(desk.scope, draft, owner_user_id=owner.id)
    desk.note(f"create notification rule {rule.display_name} in {desk.tenant_name}")
    return rule


def _change(desk: Desk, form: NotificationRuleForm, rule: NotificationRule) -> NotificationRule:
    is_private = rule.tenant_group_id and not name_tenant_groups(desk.scope, [rule])
    if is_private and form.tenant_group is UNSET:
        raise Conflict("This rule is over a private tenant group; its owner changes it on its page.")
    before = draft_of(desk.scope, rule)
    wanted = _fill(desk, form, before)
    owner = _owner(desk, form, rule)
    is_owned = owner is not None and owner.account_id == rule.owner_account_id
    if _say(desk, wanted) == _say(desk, before) and (is_owned or form.owner is UNSET):
        return rule
    changed = update_rule(desk.scope, rule.id, wanted, owner_user_id=owner.id if owner else None)
    what = f"notification rule {rule.display_name} in {desk.tenant_name}"
    owners = [{"owner": rule.owner_name}, {"owner": changed.owner_name}]
    desk.note_changes(what, {**_say(desk, before), **owners[0]}, {**_say(desk, wanted), **owners[1]})
    return changed


def _owner(desk: Desk, form: NotificationRuleForm, rule: NotificationRule) -> User | None:
    """Whose eyes it has from now on: who is named, else who owns it, if they may still enter."""
    users = _entering(desk.scope)
    if form.owner is not UNSET:
        return get_named(users, "user who may enter", form.owner, "mail")
    return users.filter(account_id=rule.owner_account_id).first()


def _fill(desk: Desk, form: NotificationRuleForm, draft: RuleDraft) -> RuleDraft:
    """The draft with what the document gives."""
    changes: dict[str, Any] = given(**{name: getattr(form, name) for name in _PLAIN})
    changes |= {
        name: _read_time(getattr(form, name), name) for name in _TIMES if getattr(form, name) is not UNSET
    }
    if form.severities is not UNSET:
        changes["severities"] = sorted(_severity(word) for word in form.severities)
    if form.device_groups is not UNSET:
        groups = choosable_device_groups(desk.scope)
        found = [get_named(groups, "device group", name).id for name in form.device_groups]
        changes["device_group_ids"] = sorted(found, key=str)
    if form.reach is not UNSET:
        changes["reach"] = form.reach
    if form.tenants is not UNSET:
        changes["tenant_ids"] = sorted({_tenant_id(one) for one in form.tenants}, key=str)
    if form.tenant_group is not UNSET:
        shared = list_tenant_groups(desk.scope)
        changes["tenant_group_id"] = get_named(shared, "shared tenant group", form.tenant_group, "name").id
    if form.recipients is not UNSET:
        changes["recipients"] = [_recipient(desk, one) for one in form.recipients]
    wanted = replace(draft, display_name=str(given(name=form.display_name)["name"]), **changes)
    return _without_what_its_reach_lacks(wanted)


def _without_what_its_reach_lacks(draft: RuleDraft) -> RuleDraft:
    """As the rule will be kept, so that the same document changes nothing a second time."""
    return replace(
        draft,
        tenant_ids=draft.tenant_ids if draft.reach != Reach.TENANT else [],
        tenant_group_id=draft.tenant_group_id if draft.reach == Reach.GROUP else None,
    )


def _recipient(desk: Desk, form: str | RecipientForm) -> RecipientDraft:
    if isinstance(form, str):
        return RecipientDraft(email=form.strip().lower())
    scope, step = desk.scope, form.step
    named: dict[str, Any] = {}
    if form.email is not UNSET:
        named["email"] = form.email.strip().lower()
    if form.inbox is not UNSET:
        named["user_id"] = get_named(_entering(scope), "user who may enter", form.inbox, "mail").id
    if form.channel is not UNSET:
        named["channel_id"] = get_named(list_channels(scope), "channel", form.channel).id
    if form.rota is not UNSET:
        named["rota_id"] = get_named(list_rotas(scope), "rota", form.rota).id
    return RecipientDraft(step=step, **named)


def _tenant_id(text: str) -> uuid.UUID:
    """The id of a tenant that is named by its id or a verified domain. Raises InvalidInput, NotFound."""
    asked = read_tid(text.strip())
    if asked.tenant_id is not None:
        return asked.tenant_id
    found = Tenant.objects.filter(domains__name=asked.domain, domains__verified_at__isnull=False)
    tenant_id = found.values_list("id", flat=True).first()
    if tenant_id is None:
        message = f'there is no tenant with the domain "{text}"'
        raise NotFound(message)
    return tenant_id


def _severity(word: str) -> Severity:
    known = {severity.word: severity for severity in Severity}
    if word not in known:
        raise InvalidInput(fields={"severities": f"must be of: {', '.join(known)}"})
    return known[word]


def _read_time(text: str | UnsetType | None, name: str) -> time | None:
    if text is None or text is UNSET:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise InvalidInput(fields={name: "must be a time like 22:00"}) from None


def _say(desk: Desk, draft: RuleDraft) -> dict[str, Any]:
    """A draft for comparing and telling; the order of recipients is no matter."""
    values = asdict(draft)
    names = dict(choosable_device_groups(desk.scope).values_list("id", "display_name"))
    said = sorted(
        f"{_whom(desk, one)}{f' in step {one.step}' if one.step else ''}" for one in draft.recipients
    )
    return {
        **values,
        "tenant_ids": sorted(map(str, draft.tenant_ids)),
        "tenant_group_id": _group_name(desk, draft),
        "severities": [Severity(one).word for one in sorted(draft.severities)],
        "device_group_ids": sorted(names.get(one, str(one)) for one in draft.device_group_ids),
        "categories": list(draft.categories),
        "sources": list(draft.sources),
        "escalate_after": list(draft.escalate_after),
        **{name: f"{values[name]:%H:%M}" if values[name] else None for name in _TIMES},
        "recipients": list(dict.fromkeys(said)),
    }


def _group_name(desk: Desk, draft: RuleDraft) -> str | None:
    """A shared group by its name, another one by its id."""
    if draft.tenant_group_id is None:
        return None
    group = list_tenant_groups(desk.scope).filter(id=draft.tenant_group_id).first()
    return group.name if group else str(draft.tenant_group_id)


def _whom(desk: Desk, draft: RecipientDraft) -> str:
    if draft.user_id is not None:
        user = list_users(desk.scope).filter(id=draft.user_id).first()
        return f"inbox of {user.mail if user else draft.user_id}"
    if draft.channel_id is not None:
        return f"channel {list_channels(desk.scope).filter(id=draft.channel_id).first()}"
    if draft.rota_id is not None:
        return f"rota {list_rotas(desk.scope).filter(id=draft.rota_id).first()}"
    return draft.email


def _entering(scope: Scope) -> QuerySet[User]:
    return assignable_users(scope.tenant_id, clock.now()).filter(account__isnull=False)


def _describe(
    rule: NotificationRule,
    rows: Sequence[RuleRecipient],
    groups: dict[str, str],
    users: dict[uuid.UUID, User],
) -> NotificationRuleForm:
    owner = users.get(rule.owner_account_id)
    form = NotificationRuleForm(
        display_name=rule.display_name,
        owner=owner.mail if owner else UNSET,
        severities=[Severity(one).word for one in rule.severities],
        device_groups=[groups[one] for one in rule.device_group_ids if one in groups],
        recipients=[one for row in rows if (one := _describe_recipient(row, users)) is not None],
        is_paused=rule.paused_at is not None,
    )
    for name in _PLAIN:
        setattr(form, name, getattr(rule, name))
    for name in _TIMES:
        at = getattr(rule, name)
        setattr(form, name, f"{at:%H:%M}" if at else None)
    return form


def _describe_recipient(row: RuleRecipient, users: dict[uuid.UUID, User]) -> str | RecipientForm | None:
    """None for the inbox of somebody who has left."""
    if row.rota is not None:
        return RecipientForm(rota=row.rota.display_name, step=row.step)
    if row.channel is not None:
        return RecipientForm(channel=row.channel.display_name, step=row.step)
    if row.kind == ChannelKind.INBOX:
        user = users.get(row.account_id) if row.account_id else None
        return RecipientForm(inbox=user.mail, step=row.step) if user else None
    return RecipientForm(email=row.email, step=row.step) if row.step else row.email
