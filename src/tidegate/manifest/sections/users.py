"""People: members come with an account, guests with theirs or by invitation; what they hold; their end."""

from datetime import datetime

from django.db.models import QuerySet

from tidegate.accounts.actions import find_account
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.directory.actions.granting import admit_guest
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.actions.members import admit_member
from tidegate.directory.actions.users import (
    block_user,
    change_end,
    set_manager,
    unblock_user,
)
from tidegate.directory.lifetimes import check_lifetime, longest_access
from tidegate.directory.models import User
from tidegate.directory.queries import list_users
from tidegate.entitlements.actions.leaving import remove_user
from tidegate.entitlements.models import GovernedGuest
from tidegate.manifest.accounts import find_or_create_account
from tidegate.manifest.desk import Desk, Made, MadeKind, find_named, get_named
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.directory import UserForm
from tidegate.manifest.sections.roles import clear_given, describe_given, settle_given
from tidegate.manifest.times import read_moment, say_end, write_moment

__all__ = ["clear_user", "describe_users", "settle_duties", "settle_guest", "settle_member"]


def settle_member(desk: Desk, form: UserForm) -> None:
    """Make a member of somebody, with an account if they have none."""
    if form.user_type == "guest" or _find(desk, form) is not None:
        return
    user = admit_member(desk.scope, find_or_create_account(desk.run, form))
    desk.note(f"make {user.mail} a member of {desk.tenant_name}")


def settle_guest(desk: Desk, form: UserForm) -> None:
    """Make a guest of somebody: at once if they have an account or get one here, else by invitation."""
    if form.user_type != "guest" or _find(desk, form) is not None:
        return
    starts_at = clock.now() if form.starts_at is UNSET else read_moment(form.starts_at, "starts_at")
    ends_at = _end_of_guest(form, starts_at)
    if find_account(form.email) or form.password is not UNSET:
        account = find_or_create_account(desk.run, form)
        user = admit_guest(desk.scope, account, starts_at=starts_at, ends_at=ends_at)
        desk.note(f"let {user.mail} into {desk.tenant_name} as a guest {say_end(ends_at)}")
    else:
        _invite(desk, form, starts_at, ends_at)


def settle_duties(desk: Desk, form: UserForm) -> None:
    """What a user holds, who is their manager, until when they may enter, whether they are kept out."""
    user = get_named(list_users(desk.scope), "user", form.email, "mail")
    desk.each("roles", form.roles, lambda at, role: settle_given(at, role, user))
    _settle_manager(desk, form, user)
    _settle_end(desk, form, user)
    if form.is_blocked is not UNSET and form.is_blocked != (user.blocked_at is not None):
        switch, word = (block_user, "block") if form.is_blocked else (unblock_user, "unblock")
        switch(desk.scope, user.id)
        desk.note(f"{word} {user.mail} in {desk.tenant_name}")


def clear_user(desk: Desk, form: UserForm) -> None:
    """Take roles back; remove the user."""
    user = find_named(list_users(desk.scope), form.email, "mail")
    if user is None:
        return
    if form.state == "absent":
        remove_user(desk.scope, user.id)
        desk.note(f"remove {user.mail} from {desk.tenant_name}")
    else:
        desk.each("roles", form.roles, lambda at, role: clear_given(at, role, user))


def describe_users(scope: Scope) -> list[UserForm]:
    """Whose access has not ended, but for guests whom access packages brought in."""
    return [_describe(scope, user) for user in exported_users(scope).select_related("account")]


def exported_users(scope: Scope) -> QuerySet[User]:
    """Those who are configuration, and not the outcome of a request."""
    governed = GovernedGuest.objects.in_scope(scope).filter(removed_at__isnull=True)
    standing = list_users(scope).exclude(ends_at__lte=clock.now())
    return standing.exclude(id__in=governed.values("user_id"))


def _find(desk: Desk, form: UserForm) -> User | None:
    user = find_named(list_users(desk.scope), form.email, "mail")
    if user is not None and form.user_type not in {UNSET, user.user_type}:
        message = f"{user.mail} is a {user.user_type} of {desk.tenant_name}, which cannot be changed"
        raise Conflict(message)
    return user


def _end_of_guest(form: UserForm, starts_at: datetime) -> datetime | None:
    """The end of a new guest's access: as given; never, for a reason; else what the operator allows."""
    if form.ends_at:
        ends_at = read_moment(form.ends_at)
        if ends_at <= max(starts_at, clock.now()):
            raise InvalidInput(fields={"ends_at": "must lie in the future, after the start"})
        check_lifetime(ends_at)
        return ends_at
    if form.ends_at is None and form.endless_reason is UNSET:
        raise InvalidInput(fields={"endless_reason": "is needed when access from outside has no end"})
    return starts_at + longest_access() if form.endless_reason is UNSET else None


def _invite(desk: Desk, form: UserForm, starts_at: datetime, ends_at: datetime | None) -> None:
    offer = invite_guest(
        desk.scope,
        email=form.email,
        display_name="" if form.display_name is UNSET else form.display_name,
        starts_at=starts_at,
        ends_at=ends_at,
        endless_reason="" if form.endless_reason is UNSET else form.endless_reason,
    )
    made = Made(MadeKind.INVITATION, desk.scope.tenant_id, offer.user.mail, offer.user.mail, offer.token)
    desk.run.made.append(made)
    desk.note(f"invite {offer.user.mail} into {desk.tenant_name} as a guest {say_end(offer.user.ends_at)}")


def _settle_manager(desk: Desk, form: UserForm, user: User) -> None:
    if form.manager is UNSET:
        return
    people = list_users(desk.scope)
    manager = get_named(people, "user", form.manager, "mail") if form.manager else None
    if user.manager_id != (manager.id if manager else None):
        set_manager(desk.scope, user.id, manager.id if manager else None)
        who = f"make {manager.mail} the manager" if manager else "let nobody be the manager"
        desk.note(f"{who} of {user.mail} in {desk.tenant_name}")


def _settle_end(desk: Desk, form: UserForm, user: User) -> None:
    if form.starts_at is not UNSET and user.is_guest and user.starts_at > clock.now():
        starts_at = read_moment(form.starts_at, "starts_at")
        if starts_at != user.starts_at:
            raise InvalidInput(fields={"starts_at": "cannot be changed: remove the guest first"})
    if form.ends_at is UNSET:
        return
    ends_at, before = read_moment(form.ends_at) if form.ends_at else None, user.ends_at
    if ends_at != before:
        reason = "" if form.endless_reason is UNSET else form.endless_reason
        change_end(desk.scope, user.id, ends_at=ends_at, endless_reason=reason)
        desk.note_changes(f"{user.mail} in {desk.tenant_name}", {"end": before}, {"end": ends_at})


def _describe(scope: Scope, user: User) -> UserForm:
    form = UserForm(email=user.mail, user_type="guest" if user.is_guest else "member")
    form.display_name = user.account.get_full_name() if user.account else user.display_name
    if user.is_guest and user.starts_at > clock.now():
        form.starts_at = write_moment(user.starts_at)
    if user.ends_at:
        form.ends_at = write_moment(user.ends_at)
    elif user.is_guest:
        form.ends_at = None
        # The reason stands in the audit log only; whoever takes the document elsewhere finds one to replace.
        form.endless_reason = "Without an end where this was exported."
    if user.blocked_at:
        form.is_blocked = True
    if user.manager_id and (manager := list_users(scope).filter(id=user.manager_id).first()):
        form.manager = manager.mail
    form.roles = describe_given(scope, user)
    return form
