"""What is of high severity and taken up by nobody goes on to the next recipients."""

from datetime import timedelta

from django.db import connection, transaction

from tidegate.core import clock
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.words import AlertStatus, IncidentStatus
from tidegate.notifications.addressing import Addressee, find_addressees
from tidegate.notifications.matching import reaches
from tidegate.notifications.models import Notification, NotificationRule
from tidegate.notifications.owners import open_for
from tidegate.notifications.telling import deliver
from tidegate.notifications.tenant_groups import find_taken_by_groups
from tidegate.notifications.words import ChannelKind


def escalate_next() -> bool:
    """Escalate the next notification that is due; whether there was one.

    Quiet hours do not hold it back: it is what somebody is to be woken for.
    """
    rows = Notification.objects.across_tenants().filter(escalates_at__lte=clock.now())
    if not rows.exists():
        return False
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        notification = rows.order_by("escalates_at").first()
        if notification is None:
            return False
        notification.escalates_at = None
        rule = _find_rule(notification)
        if rule is not None and not is_taken_up(notification):
            _escalate(rule, notification)
        notification.save(update_fields=["escalates_at"])
    return True


def is_taken_up(notification: Notification) -> bool:
    """Whether somebody has the alert or its incident in hand, or is done with it; or it is gone."""
    if notification.alert_id is None:
        return True
    alerts = Alert.objects.of_tenant(notification.tenant_id).filter(id=notification.alert_id)
    alert = alerts.values_list("status", "assigned_to", "incident_id").first()
    if alert is None:
        return True
    status, assigned_to, incident_id = alert
    incidents = Incident.objects.of_tenant(notification.tenant_id).filter(id=incident_id)
    is_alert_new = status in {AlertStatus.NEW, AlertStatus.UNKNOWN} and not assigned_to
    untouched = incidents.filter(status=IncidentStatus.ACTIVE, acknowledged_at__isnull=True, assigned_to="")
    return not (is_alert_new and untouched.exists())


def _find_rule(notification: Notification) -> NotificationRule | None:
    rows = NotificationRule.objects.of_tenant(notification.rule_tenant_id).filter(
        id=notification.rule_id, removed_at__isnull=True, paused_at__isnull=True
    )
    return rows.select_related("owner_account").first()


def _escalate(rule: NotificationRule, notification: Notification) -> None:
    """A notification of its own tells of the next step, so that it is told, and logged, once."""
    step = notification.step + 1
    if step > len(rule.escalate_after):
        return
    now = clock.now()
    last = step == len(rule.escalate_after)
    pause = timedelta(minutes=0 if last else rule.escalate_after[step] - rule.escalate_after[step - 1])
    told = Notification(
        tenant_id=notification.tenant_id,
        rule_tenant_id=rule.tenant_id,
        rule_id=rule.id,
        key=f"{notification.key.partition('#')[0]}#{step}",
        about=notification.about,
        step=step,
        alert_id=notification.alert_id,
        incident_id=notification.incident_id,
        severity=notification.severity,
        event_sequence=notification.event_sequence,
        escalates_at=None if last else now + pause,
        created_at=now,
    )
    rows = Notification.objects.of_tenant(told.tenant_id).filter(rule_id=rule.id)
    if not rows.filter(key=told.key).exists():
        told.save(force_insert=True)
        deliver(rule, _find_addressees(rule, told), [told])


def _find_addressees(rule: NotificationRule, told: Notification) -> list[Addressee]:
    """The recipients of the step; no inboxes where the rule may not tell any more.

    What is sent is looked at again as it goes, and its suppression logged; an inbox is filled now.
    """
    found = find_addressees(rule, step=told.step)
    may_tell = (
        reaches(rule, told.tenant_id, find_taken_by_groups([rule], [told.tenant_id]))
        and open_for(rule.owner_account, rule.about, told.tenant_id) is not None
    )
    return found if may_tell else [one for one in found if one.kind != ChannelKind.INBOX]
