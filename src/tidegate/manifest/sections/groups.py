"""Groups: the roles they give, and who is in them."""

from django.db.models import QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.directory.actions.granting import grant_membership, move_memberships
from tidegate.directory.actions.groups import create_group, delete_group, update_group
from tidegate.directory.models import Group, GroupMembership
from tidegate.directory.models.dated import in_force
from tidegate.directory.queries import list_groups, list_memberships, list_users
from tidegate.entitlements.actions.leaving import remove_member
from tidegate.entitlements.models import DeliveredRow
from tidegate.manifest.desk import Desk, find_named, get_named, given
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.directory import GroupForm, Member, MembershipForm
from tidegate.manifest.sections.roles import clear_given, describe_given, settle_given
from tidegate.manifest.sections.users import exported_users
from tidegate.manifest.times import read_moment, say_end, write_moment


def settle_group(desk: Desk, form: GroupForm) -> None:
    """Make it, or change it; give it roles, and put people in it."""
    group = find_named(list_groups(desk.scope), form.display_name)
    group = _create(desk, form) if group is None else _change(desk, form, group)
    desk.each("roles", form.roles, lambda at, role: settle_given(at, role, group))
    desk.each("members", form.members, lambda at, member: _settle_member(at, member, group))


def clear_group(desk: Desk, form: GroupForm) -> None:
    """Delete it, or take out of it what is to go."""
    group = find_named(list_groups(desk.scope), form.display_name)
    if group is None:
        return
    if form.state == "absent":
        delete_group(desk.scope, group.id)
        desk.note(f"delete group {group.display_name} in {desk.tenant_name}")
        return
    desk.each("members", form.members, lambda at, member: _clear_member(at, member, group))
    desk.each("roles", form.roles, lambda at, role: clear_given(at, role, group))


def describe_groups(scope: Scope) -> list[GroupForm]:
    """All of them, with whom people put in them."""
    return [
        GroupForm(
            display_name=group.display_name,
            description=group.description,
            roles=describe_given(scope, group),
            members=_describe_members(scope, group),
        )
        for group in list_groups(scope)
    ]


def _create(desk: Desk, form: GroupForm) -> Group:
    description = "" if form.description is UNSET else form.description
    group = create_group(desk.scope, display_name=form.display_name, description=description)
    desk.note(f"create group {group.display_name} in {desk.tenant_name}")
    return group


def _change(desk: Desk, form: GroupForm, group: Group) -> Group:
    before = {"display_name": group.display_name, "description": group.description}
    wanted = {**before, **given(display_name=form.display_name, description=form.description)}
    if wanted != before:
        update_group(
            desk.scope,
            group.id,
            display_name=str(wanted["display_name"]),
            description=str(wanted["description"]),
        )
        desk.note_changes(f"group {group.display_name} in {desk.tenant_name}", before, wanted)
    return group


def _settle_member(desk: Desk, named: Member, group: Group) -> None:
    form = _read(named)
    if form.state == "absent":
        return
    user = get_named(list_users(desk.scope), "user", form.user, "mail")
    ends_at = read_moment(form.ends_at) if form.ends_at else None
    held = _by_hand(desk.scope, group).filter(user_id=user.id).first()
    if held is None:
        now = clock.now()
        if ends_at is not None and ends_at <= now:
            raise InvalidInput(fields={"ends_at": "must lie in the future"})
        # Beside what an access package may have given them, which ends on its own.
        grant_membership(desk.scope, group.id, user.id, starts_at=now, ends_at=ends_at)
        until = f" {say_end(ends_at)}" if ends_at else ""
        desk.note(f"put {user.mail} in group {group.display_name} in {desk.tenant_name}{until}")
    elif form.ends_at is not UNSET and held.ends_at != ends_at:
        move_memberships(desk.scope, [held.id], ends_at=ends_at)
        what = f"{user.mail} in group {group.display_name} in {desk.tenant_name}"
        desk.note_changes(what, {"end": held.ends_at}, {"end": ends_at})


def _clear_member(desk: Desk, named: Member, group: Group) -> None:
    form = _read(named)
    if form.state != "absent":
        return
    for held in _by_hand(desk.scope, group).filter(user__mail__iexact=form.user.strip()):
        remove_member(desk.scope, held.id)
        desk.note(f"take {held.user.mail} out of group {group.display_name} in {desk.tenant_name}")


def _describe_members(scope: Scope, group: Group) -> list[Member]:
    rows = _by_hand(scope, group).filter(
        in_force(clock.now()), user_id__in=exported_users(scope).order_by().values("id")
    )
    return [
        MembershipForm(user=one.user.mail, ends_at=write_moment(one.ends_at))
        if one.ends_at
        else one.user.mail
        for one in rows
    ]


def _by_hand(scope: Scope, group: Group) -> QuerySet[GroupMembership]:
    """The memberships that no access package gave."""
    delivered = DeliveredRow.objects.in_scope(scope).filter(membership_id__isnull=False)
    rows = list_memberships(scope, clock.now()).filter(group_id=group.id)
    return rows.exclude(id__in=delivered.values("membership_id"))


def _read(named: Member) -> MembershipForm:
    return MembershipForm(user=named) if isinstance(named, str) else named
