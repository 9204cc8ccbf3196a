"""`/auditLogs/signIns`: who got a token in the tenant, or did not (Microsoft, "signIn resource type").

What one client did alike within an hour is one object, as Graph gathers sign-ins that nobody sits at.
"""

from collections.abc import Sequence
from typing import Final

from django.http import HttpResponseBase

from tidegate.authorization.api_permissions import IDENTIFIERS
from tidegate.authorization.api_permissions import Resource as Audience
from tidegate.core.errors import NotFound
from tidegate.core.ids import parse_uuid
from tidegate.graph.objects import Document, answer_objects, answer_one
from tidegate.incidents.document import format_time
from tidegate.oauth.endpoint import Call
from tidegate.oauth.models import SignIn
from tidegate.oauth.sign_in_log import ORDER, SignInFilter, list_sign_ins
from tidegate.odata.query import Query
from tidegate.odata.resource import Kind, Property, Resource

PATH: Final = "auditLogs/signIns"

SIGN_INS: Final = Resource(
    name="signIns",
    properties=(
        Property("id", "id", Kind.GUID),
        Property("createdDateTime", "last_at", Kind.DATETIME),
        Property("appId", "client_id", Kind.GUID),
        Property("appDisplayName", "client_name", null_as=("",)),
        Property("userId", "user_id", Kind.GUID),
        Property("userPrincipalName", "user_name", null_as=("",)),
        Property("userDisplayName", "user_name", null_as=("",)),
        Property("ipAddress", "ip_address", null_as=("",)),
        Property("status/errorCode", "result", Kind.INTEGER),
    ),
    members=(
        "clientAppUsed", "correlationId", "isInteractive", "resourceDisplayName", "resourceId",
        "signInEventTypes", "userAgent",
    ),
    orderable=("createdDateTime",),
    default_order=ORDER,
    largest_top=999,
)  # fmt: skip


def list_all(call: Call) -> HttpResponseBase:
    """The tenant's sign-ins, newest first."""
    rows = list_sign_ins(call.scope, SignInFilter())
    return answer_objects(call, PATH, rows, SIGN_INS, render_sign_ins)


def show(call: Call, key: str) -> HttpResponseBase:
    """One of them."""
    found = parse_uuid(key)
    rows = list_sign_ins(call.scope, SignInFilter())
    row = rows.filter(id=found).first() if found else None
    if row is None:
        raise NotFound("There is no such sign-in.")
    return answer_one(call, PATH, row, SIGN_INS, render_sign_ins)


def render_sign_ins(rows: Sequence[SignIn], _query: Query) -> list[Document]:
    """Sign-ins as they are listed."""
    return [_render(row) for row in rows]


def _render(row: SignIn) -> Document:
    is_interactive = row.grant == SignIn.Grant.AUTHORIZE
    api = IDENTIFIERS.get(Audience(row.resource)) if row.resource in list(Audience) else None
    kind = "servicePrincipal" if row.grant == SignIn.Grant.CLIENT_CREDENTIALS else "nonInteractiveUser"
    return {
        "id": str(row.id),
        "createdDateTime": format_time(row.last_at),
        "userId": str(row.user_id) if row.user_id else None,
        "userDisplayName": row.user_name or None,
        "userPrincipalName": row.user_name or None,
        "appId": str(row.client_id) if row.client_id else None,
        "appDisplayName": row.client_name or None,
        "ipAddress": row.ip_address or None,
        "clientAppUsed": row.grant,
        "correlationId": str(row.id),
        "isInteractive": is_interactive,
        "signInEventTypes": ["interactiveUser" if is_interactive else kind],
        "resourceDisplayName": api.display_name if api else None,
        "resourceId": str(api.app_id) if api else None,
        "userAgent": row.user_agent or None,
        "status": {
            "errorCode": row.result,
            "failureReason": "" if row.is_success else f"AADSTS{row.result}",
            "additionalDetails": f"{row.count} times since {format_time(row.first_at)}",
        },
    }
