"""`/users`, `/me`, and what people are in."""

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import require
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.core.ids import parse_uuid
from tidegate.directory.actions.users import block_user, unblock_user
from tidegate.directory.models import User
from tidegate.directory.queries import get_own_user, list_groups_of, list_users
from tidegate.entitlements.actions.leaving import remove_user
from tidegate.graph.answers import answer_no_content
from tidegate.graph.bodies import Body
from tidegate.graph.directory.groups import GROUPS, render_group_references
from tidegate.graph.directory.people import USERS, render_users, with_columns
from tidegate.graph.objects import answer_number, answer_objects, answer_one
from tidegate.oauth.endpoint import Call


def list_all(call: Call) -> HttpResponseBase:
    """The tenant's users and guests."""
    return answer_objects(call, "users", _rows(call), USERS, render_users)


def count_all(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, _rows(call), USERS)


def show(call: Call, key: str) -> HttpResponseBase:
    """One of them."""
    return answer_one(call, "users", find_user(call, key), USERS, render_users)


def show_me(call: Call) -> HttpResponseBase:
    """The person for whom the application acts."""
    return answer_one(call, "users", _me(call), USERS, render_users)


def change(call: Call, key: str) -> HttpResponseBase:
    """Keep a user out, or let them in again: all that is the tenant's to say of a person."""
    body = Body(call.read_json())
    body.check_members({"accountEnabled"})
    user = find_user(call, key)
    if "accountEnabled" in body:
        is_enabled = body.flag("accountEnabled", default=True)
        # Asked for what is so already, Graph has nothing to do and says so.
        if is_enabled and user.blocked_at:
            unblock_user(call.scope, user.id)
        elif not is_enabled and not user.blocked_at:
            block_user(call.scope, user.id)
    return answer_no_content()


def remove(call: Call, key: str) -> HttpResponseBase:
    """Remove a user with everything they hold here."""
    remove_user(call.scope, find_user(call, key).id)
    return answer_no_content()


def list_member_of(call: Call, key: str) -> HttpResponseBase:
    """The groups that a user is in now."""
    return _list_groups(call, find_user(call, key))


def list_my_groups(call: Call) -> HttpResponseBase:
    """The groups in which the person is for whom the application acts."""
    return _list_groups(call, _me(call))


def find_user(call: Call, key: str) -> User:
    """A user by object id or user principal name. Raises NotFound, Forbidden."""
    user_id = parse_uuid(key)
    # No database takes NUL in a text, and no name has one.
    named = Q(id=user_id) if user_id else Q(user_principal_name__iexact=key.replace("\0", ""))
    user = list_users(call.scope).filter(named).first()
    if user is None:
        message = f"Resource '{key[:320]}' does not exist."
        raise NotFound(message)
    return user


def _rows(call: Call) -> QuerySet[User]:
    return with_columns(list_users(call.scope))


def _me(call: Call) -> User:
    """Whoever may read users through the application may read themselves. Raises Forbidden."""
    if call.scope.entry.user_id is None:
        raise InvalidInput("/me request is only valid with delegated authentication flow.")
    if not call.caller.lends(Permission.USER_READ):
        require(call.scope, Permission.TENANT_READ)
    return get_own_user(call.scope)


def _list_groups(call: Call, user: User) -> HttpResponseBase:
    groups = list_groups_of(call.scope, user.id)
    return answer_objects(call, "directoryObjects", groups, GROUPS, render_group_references)
