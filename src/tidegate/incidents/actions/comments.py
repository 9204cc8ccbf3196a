"""Comments on incidents and alerts."""

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.text import clean_block
from tidegate.incidents.actions.changes import (
    alert_target,
    incident_target,
    lock_alert,
    lock_incident,
)
from tidegate.incidents.document import add_comment
from tidegate.incidents.models import Comment, Incident

COMMENT_AT_MOST = 10_000


def comment_incident(scope: Scope, number: int, text: str) -> Comment:
    """Say something about an incident. Raises Forbidden, NotFound, InvalidInput."""
    require(scope, Permission.INCIDENT_COMMENT)
    words = clean_block(text, "comment", longest=COMMENT_AT_MOST)
    with transaction.atomic():
        incident = lock_incident(scope, number)
        comment = _make(scope, incident, words)
        comment.save(force_insert=True)
        incident.last_update_at = max(comment.created_at, incident.last_update_at)
        incident.save(update_fields=["last_update_at"])
        record(scope, "incident.commented", incident_target(incident), details={"comment": comment.id})
    return comment


def comment_alert(scope: Scope, external_id: str, text: str) -> Comment:
    """Say something about an alert. Raises Forbidden, NotFound, InvalidInput."""
    require(scope, Permission.ALERT_COMMENT)
    words = clean_block(text, "comment", longest=COMMENT_AT_MOST)
    with transaction.atomic():
        alert = lock_alert(scope, external_id)
        comment = _make(scope, alert.incident, words)
        comment.alert = alert
        comment.save(force_insert=True)
        alert.last_update_at = max(comment.created_at, alert.last_update_at)
        alert.document = add_comment(alert.document, words, comment.author, comment.created_at)
        alert.save(update_fields=["last_update_at", "document"])
        record(scope, "alert.commented", alert_target(alert), details={"comment": comment.id})
    return comment


def _make(scope: Scope, incident: Incident, text: str) -> Comment:
    return Comment(
        tenant_id=scope.tenant_id,
        incident_id=incident.id,
        text=text,
        author=scope.actor.display_name[:320],
        user_id=scope.entry.user_id,
        created_at=clock.now(),
    )
