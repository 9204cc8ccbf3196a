"""What was told long ago is forgotten: notifications, their delivery log, what stands in inboxes.

The audit log keeps who made which rule; a mail in somebody's mailbox is theirs. What is on its way, waits in
a bundle or may still escalate stays, however old.
"""

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from tidegate.core import clock
from tidegate.notifications.models import Bundle, Delivery, InboxItem, Notification

_AT_ONCE: Final = 1000


def delete_next_old() -> bool:
    """Delete the next thousand of each kind that the operator keeps no longer; whether there may be more."""
    before = clock.now() - timedelta(days=settings.NOTIFICATIONS_KEPT_DAYS)
    waiting = Bundle.objects.across_tenants().filter(
        tenant_id=OuterRef("rule_tenant_id"), id=OuterRef("bundle_id"), closed_at__isnull=True
    )
    told = Notification.objects.across_tenants().filter(~Exists(waiting), escalates_at__isnull=True)
    had_more = [
        _delete_some(InboxItem.objects.across_tenants().filter(created_at__lt=before), "created_at"),
        _delete_some(Delivery.objects.across_tenants().filter(settled_at__lt=before), "settled_at"),
        _delete_some(told.filter(created_at__lt=before), "created_at"),
        _delete_some(Bundle.objects.across_tenants().filter(closed_at__lt=before), "closed_at"),
    ]
    return any(had_more)


def _delete_some(rows: QuerySet[Any], by: str) -> bool:
    ids = list(rows.order_by(by).values_list("id", flat=True)[:_AT_ONCE])
    if ids:
        rows.filter(id__in=ids).delete()
    return len(ids) == _AT_ONCE
