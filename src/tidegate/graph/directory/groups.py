"""`/groups`, and who is in them (Microsoft, "group resource type")."""

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet
from django.http import HttpResponseBase

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import NotFound
from tidegate.core.ids import parse_uuid
from tidegate.core.paging import SortKey
from tidegate.directory.actions.groups import add_member
from tidegate.directory.models import Group, User
from tidegate.directory.queries import get_group, list_groups, list_members
from tidegate.entitlements.actions.leaving import take_out
from tidegate.graph.answers import answer_no_content
from tidegate.graph.bodies import Body, read_reference
from tidegate.graph.directory.people import USERS, render_reference, with_columns
from tidegate.graph.objects import Document, answer_number, answer_objects, answer_one
from tidegate.incidents.document import format_time
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query
from tidegate.odata.resource import Kind, Property, Resource

TYPE: Final = "#microsoft.graph.group"

GROUPS: Final = Resource(
    name="groups",
    properties=(
        Property("id", "id", Kind.GUID),
        Property("displayName", "display_name"),
        Property("description", "description", null_as=("",)),
        Property("createdDateTime", "created_at", Kind.DATETIME),
        Property("mail"),
    ),
    members=(
        "deletedDateTime", "groupTypes", "isAssignableToRole", "mailEnabled", "mailNickname",
        "proxyAddresses", "securityEnabled", "visibility",
    ),
    orderable=("displayName", "createdDateTime"),
    default_order=(SortKey("display_name", descending=False), SortKey("id", descending=False)),
    largest_top=999,
)  # fmt: skip


def list_all(call: Call) -> HttpResponseBase:
    """The tenant's groups."""
    return answer_objects(call, "groups", list_groups(call.scope), GROUPS, render_groups)


def count_all(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, list_groups(call.scope), GROUPS)


def show(call: Call, key: str) -> HttpResponseBase:
    """One of them."""
    return answer_one(call, "groups", _find(call, key), GROUPS, render_groups)


def list_people(call: Call, key: str) -> HttpResponseBase:
    """Who is in a group now."""
    whole = call.scope.allows(Permission.USER_READ)

    def render(users: Sequence[User], _query: Query) -> list[Document]:
        return [render_reference(user, whole=whole) for user in users]

    return answer_objects(call, "directoryObjects", _members(call, key), USERS, render)


def count_people(call: Call, key: str) -> HttpResponseBase:
    """How many are in a group now."""
    return answer_number(call, _members(call, key), USERS)


def add(call: Call, key: str) -> HttpResponseBase:
    """Put the user in a group whose address the body names."""
    body = Body(call.read_json())
    user_id = read_reference(body.text("@odata.id"), "@odata.id")
    add_member(call.scope, _find(call, key).id, user_id)
    return answer_no_content()


def take_away(call: Call, key: str, member: str) -> HttpResponseBase:
    """Take a user out of a group."""
    user_id = parse_uuid(member)
    if user_id is None:
        raise NotFound("There is no such member.")
    take_out(call.scope, _find(call, key).id, user_id)
    return answer_no_content()


def render_groups(groups: Sequence[Group], _query: Query) -> list[Document]:
    """Groups as they are listed."""
    return [_render(group) for group in groups]


def render_group_references(groups: Sequence[Group], _query: Query) -> list[Document]:
    """Groups among other objects of the directory."""
    return [{"@odata.type": TYPE, **_render(group)} for group in groups]


def _render(group: Group) -> Document:
    return {
        "id": str(group.id),
        "deletedDateTime": None,
        "createdDateTime": format_time(group.created_at),
        "displayName": group.display_name,
        "description": group.description or None,
        "groupTypes": [],
        "isAssignableToRole": None,
        "mail": None,
        "mailEnabled": False,
        "mailNickname": str(group.id),
        "proxyAddresses": [],
        "securityEnabled": True,
        "visibility": None,
    }


def _find(call: Call, key: str) -> Group:
    group_id = parse_uuid(key)
    if group_id is None:
        raise NotFound("There is no such group.")
    return get_group(call.scope, group_id)


def _members(call: Call, key: str) -> QuerySet[User]:
    return with_columns(list_members(call.scope, _find(call, key).id))
