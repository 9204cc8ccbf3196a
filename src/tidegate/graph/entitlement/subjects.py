"""Whose access it is, and for how long: what requests and assignments have in common.

The id of a subject is its object id in this tenant; whoever is no user here yet has none, and is known by
the request that they made.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from tidegate.core.durations import write_duration
from tidegate.directory.models import User
from tidegate.entitlements.models import Assignment, AssignmentRequest
from tidegate.graph.entitlement.rendering import render_organization
from tidegate.graph.objects import Document
from tidegate.incidents.document import format_time
from tidegate.odata.query import Query


def render_target(assignment: Assignment, query: Query) -> Document:
    """Who holds an assignment."""
    organization = assignment.organization
    extra = {"connectedOrganization": organization and render_organization(organization)}
    return {**_render_user(assignment.user), **(extra if query.expand else {})}


def render_requestor(request: AssignmentRequest, users: Mapping[uuid.UUID, User], query: Query) -> Document:
    """Who asked, or for whom it was asked."""
    user = users.get(request.user_id) if request.user_id else None
    organization = request.organization
    extra = {"connectedOrganization": organization and render_organization(organization)}
    return {
        **(_render_user(user) if user else _render_outsider(request)),
        **(extra if query.expand else {}),
    }


def render_schedule(
    starts_at: datetime | None, *, ends_at: datetime | None = None, duration: timedelta | None = None
) -> Document:
    """From when to when (Graph's entitlementManagementSchedule)."""
    if ends_at is not None:
        kind = "afterDateTime"
    else:
        kind = "afterDuration" if duration is not None else "noExpiration"
    return {
        "startDateTime": format_time(starts_at),
        "expiration": {
            "type": kind,
            "endDateTime": format_time(ends_at),
            "duration": write_duration(duration) if duration is not None else None,
        },
        "recurrence": None,
    }


def _render_user(user: User) -> Document:
    return {
        "id": str(user.id),
        "objectId": str(user.id),
        "displayName": user.display_name,
        "email": user.mail or None,
        "principalName": user.user_principal_name,
        "onPremisesSecurityIdentifier": None,
        "subjectType": "user",
    }


def _render_outsider(request: AssignmentRequest) -> Document:
    return {
        "id": str(request.id),
        "objectId": None,
        "displayName": request.requestor_name,
        "email": request.requestor_email,
        "principalName": None,
        "onPremisesSecurityIdentifier": None,
        "subjectType": "user",
    }
