"""Changes that come with words, and of many alerts at once, as the Defender APIs take them: all or none."""

from collections.abc import Collection

from django.db import transaction

from tidegate.authorization.scope import Scope
from tidegate.core.errors import NotFound
from tidegate.incidents.actions.comments import comment_alert, comment_incident
from tidegate.incidents.actions.updates import Update, update_alert, update_incident
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.visibility import seen_alerts


def update_alerts(scope: Scope, external_ids: Collection[str], update: Update, *, comment: str = "") -> None:
    """Change alerts alike, and say the same of each. Raises what `update_alert` and `comment_alert` do."""
    with transaction.atomic():
        _lock_alerts(scope, external_ids)
        for external_id in sorted(set(external_ids)):
            if update != Update() or not comment:
                update_alert(scope, external_id, update)
            if comment:
                comment_alert(scope, external_id, comment)


def update_incident_saying(scope: Scope, number: int, update: Update, *, comment: str = "") -> None:
    """Change an incident and say something of it. Raises as `update_incident` and `comment_incident`."""
    with transaction.atomic():
        if update != Update() or not comment:
            update_incident(scope, number, update)
        if comment:
            comment_incident(scope, number, comment)


def _lock_alerts(scope: Scope, external_ids: Collection[str]) -> None:
    """All of them, and before them their incidents, until the transaction ends. Raises NotFound.

    Each change takes further locks, for which others wait with a lock on their alert: rows come first.
    """
    wanted = {external_id for external_id in external_ids if "\0" not in external_id}
    known = seen_alerts(scope).filter(external_id__in=wanted)
    incidents = Incident.objects.in_scope(scope).select_for_update(of=("self",))
    list(incidents.filter(id__in=known.values("incident_id")).order_by("id").values_list("id"))
    alerts = Alert.objects.in_scope(scope).select_for_update(of=("self",))
    found = alerts.filter(id__in=known.values("id")).order_by("id").values_list("id")
    if len(found) < len(set(external_ids)):
        raise NotFound("There is no such alert.")
