"""Users as Graph shows them.

Microsoft, "user resource type". Without `$select` the properties are those that Graph gives by itself, each
of them there: clients read them without asking whether they are. What the product does not keep is null.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from tidegate.core.paging import SortKey
from tidegate.directory.models import User
from tidegate.incidents.document import format_time
from tidegate.odata.query import Query
from tidegate.odata.resource import Kind, Property, Resource

type Document = dict[str, object]

TYPE: Final = "#microsoft.graph.user"
_NEVER_KNOWN: Final = (
    "givenName", "surname", "jobTitle", "mobilePhone", "officeLocation", "preferredLanguage",
    "companyName", "department", "employeeId", "usageLocation", "city", "country",
)  # fmt: skip
_BY_ITSELF: Final = (
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName", "id",
)  # fmt: skip

USERS: Final = Resource(
    name="users",
    properties=(
        Property("id", "id", Kind.GUID),
        Property("displayName", "display_name"),
        Property("mail", "mail", null_as=("",)),
        Property("userPrincipalName", "user_principal_name"),
        Property("userType", "user_type", Kind.ENUM, words={"Member": "member", "Guest": "guest"}),
        Property("accountEnabled", "is_enabled", Kind.BOOLEAN),
        Property("createdDateTime", "created_at", Kind.DATETIME),
        Property("externalUserState", "invitation_state"),
        *(Property(name) for name in _NEVER_KNOWN),
    ),
    members=("businessPhones", "creationType", "deletedDateTime", "identities", "mailNickname", "otherMails"),
    orderable=("displayName", "userPrincipalName", "createdDateTime"),
    default_order=(SortKey("display_name", descending=False), SortKey("id", descending=False)),
    largest_top=999,
)


def with_columns(users: QuerySet[User]) -> QuerySet[User]:
    """The rows with what filters may name beyond the table's own columns."""
    return users.annotate(
        is_enabled=Q(blocked_at__isnull=True),
        invitation_state=Case(
            When(user_type=User.UserType.GUEST, then=F("external_user_state")),
            default=Value(None, output_field=CharField()),
        ),
    )


def render_users(users: Sequence[User], query: Query) -> list[Document]:
    """Documents with everything that was asked for."""
    return [render_user(user, whole=bool(query.select)) for user in users]


def render_user(user: User, *, whole: bool = False) -> Document:
    """One user: with everything there is of it, or with what Graph gives by itself."""
    known: Mapping[str, object] = {
        "id": str(user.id),
        "displayName": user.display_name,
        "mail": user.mail or None,
        "userPrincipalName": user.user_principal_name,
        "businessPhones": [],
    }
    document: Document = {name: known.get(name) for name in _BY_ITSELF}
    return document | dict.fromkeys(_NEVER_KNOWN) | _render_more(user) if whole else document


def render_reference(user: User, *, whole: bool) -> Document:
    """A user among other objects of the directory; those who may not read users learn its id."""
    return {"@odata.type": TYPE, **(render_user(user) if whole else {"id": str(user.id)})}


def _render_more(user: User) -> Document:
    return {
        "accountEnabled": user.blocked_at is None,
        "createdDateTime": format_time(user.created_at),
        "creationType": "Invitation" if user.is_guest else None,
        "deletedDateTime": None,
        "externalUserState": user.external_user_state if user.is_guest else None,
        "identities": [_render_identity(user)],
        "mailNickname": user.user_principal_name.partition("@")[0],
        "otherMails": [user.mail] if user.is_guest and user.mail else [],
        "userType": "Guest" if user.is_guest else "Member",
    }


def _render_identity(user: User) -> Document:
    if user.is_guest:
        return {"signInType": "federated", "issuer": "ExternalAzureAD", "issuerAssignedId": None}
    issuer = user.user_principal_name.rpartition("@")[2]
    name = user.user_principal_name
    return {"signInType": "userPrincipalName", "issuer": issuer, "issuerAssignedId": name}
