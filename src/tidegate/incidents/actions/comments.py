"""Comments on incidents and alerts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_block
from tidegate.incidents.actions.changing import (
    alert_target,
    incident_target,
    lock_alert,
    lock_incident,
    touch_incident,
)
from tidegate.incidents.document import add_comments
from tidegate.incidents.instants import take_instants
from tidegate.incidents.models import Alert, Comment, Incident

COMMENT_AT_MOST: Final = 10_000
COMMENTS_AT_ONCE: Final = 20


def comment_incident(scope: Scope, number: int, text: str) -> Comment:
    """Say something about an incident. Raises Forbidden, NotFound, InvalidInput."""
    return add_incident_comments(scope, number, [text])[0]


def comment_alert(scope: Scope, external_id: str, text: str) -> Comment:
    """Say something about an alert. Raises Forbidden, NotFound, InvalidInput."""
    return add_alert_comments(scope, external_id, [text])[0]


def add_incident_comments(scope: Scope, number: int, texts: Sequence[str]) -> list[Comment]:
    """Say several things about an incident at once. Raises Forbidden, NotFound, InvalidInput."""
    require(scope, Permission.INCIDENT_COMMENT)
    words = _clean(texts)
    with transaction.atomic():
        incident = lock_incident(scope, number)
        (instant,) = take_instants(scope.tenant_id, 1)
        made = _save(scope, incident, words, clock.now())
        incident.last_update_at = instant
        incident.save(update_fields=["last_update_at"])
        for comment in made:
            record(scope, "incident.commented", incident_target(incident), details={"comment": comment.id})
    return made


def add_alert_comments(scope: Scope, external_id: str, texts: Sequence[str]) -> list[Comment]:
    """Say several things about an alert at once. Raises Forbidden, NotFound, InvalidInput."""
    require(scope, Permission.ALERT_COMMENT)
    words = _clean(texts)
    with transaction.atomic():
        alert = lock_alert(scope, external_id)
        instants = take_instants(scope.tenant_id, 2)
        made = _save(scope, alert.incident, words, clock.now(), alert)
        alert.last_update_at = next(instants)
        alert.document = add_comments(alert, [(c.text, c.author, c.created_at) for c in made])
        alert.save(update_fields=["last_update_at", "document"])
        touch_incident(alert.incident, next(instants))
        for comment in made:
            record(scope, "alert.commented", alert_target(alert), details={"comment": comment.id})
    return made


def _clean(texts: Sequence[str]) -> list[str]:
    if not 0 < len(texts) <= COMMENTS_AT_ONCE:
        raise InvalidInput(fields={"comment": f"must be one, or at most {COMMENTS_AT_ONCE} at once"})
    return [clean_block(text, "comment", longest=COMMENT_AT_MOST) for text in texts]


def _save(
    scope: Scope, incident: Incident, texts: Sequence[str], at: datetime, alert: Alert | None = None
) -> list[Comment]:
    return Comment.objects.bulk_create(
        Comment(
            tenant_id=scope.tenant_id,
            incident_id=incident.id,
            alert_id=alert.id if alert else None,
            text=text,
            author=scope.actor.display_name[:320],
            user_id=scope.entry.user_id,
            created_at=at,
        )
        for text in texts
    )
