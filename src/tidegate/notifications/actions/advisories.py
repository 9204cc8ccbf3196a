"""An advisory: what a tenant's people are told of a thing seen there, on its alert and in their inbox."""

import uuid
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.authorization.roles import BUILT_IN_ROLES
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.text import clean_block, clean_line
from tidegate.directory.models import GroupMembership, RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.directory.queries import assignable_users
from tidegate.incidents.actions.changing import alert_target
from tidegate.incidents.actions.comments import comment_alert
from tidegate.incidents.indicator_queries import find_alerts_naming
from tidegate.incidents.models import Alert
from tidegate.incidents.visibility import seen_alerts
from tidegate.notifications.models import InboxItem, Notification
from tidegate.notifications.models.notification import ADVISORY

TITLE_AT_MOST: Final = 200
TEXT_AT_MOST: Final = 8_000
# No rule asked for it: somebody wrote it.
_NO_RULE: Final = uuid.UUID(int=0)
_PEOPLE_AT_MOST: Final = 500
_BUILT_IN: Final = [role for role, lines in BUILT_IN_ROLES.items() if RolePermission.VIEW_DATA in lines]


def clean_advisory(title: str, text: str) -> tuple[str, str]:
    """Both as they are sent. Raises InvalidInput naming `title` or `text`."""
    return (
        clean_line(title, "title", longest=TITLE_AT_MOST),
        clean_block(text, "text", longest=TEXT_AT_MOST),
    )


def send_advisory(scope: Scope, indicator: str, *, title: str, text: str) -> Alert:
    """Say it on the alert that named the indicator last, and let the tenant's own people find that.

    It takes the permission to comment on alerts, since that is what it writes. It goes to the inbox of every
    member whose role lets them see alerts. Raises Forbidden, InvalidInput, NotFound where no alert that the
    actor sees names it.
    """
    require(scope, Permission.ALERT_COMMENT)
    title, text = clean_advisory(title, text)
    named = find_alerts_naming(scope, indicator, 1)
    if not named:
        raise NotFound("There is no such alert.")
    with transaction.atomic():
        alert = seen_alerts(scope).get(pk=named[0])
        comment = comment_alert(scope, alert.external_id, f"{title}\n\n{text}")
        told = _tell_people(scope, alert, f"{ADVISORY}{comment.id}")
        details = {"title": title, "indicator": indicator, "comment": comment.id, "told": told}
        record(scope, "advisory.sent", alert_target(alert), details=details)
    return alert


def _tell_people(scope: Scope, alert: Alert, key: str) -> int:
    now = clock.now()
    notification = Notification(
        tenant_id=scope.tenant_id,
        rule_tenant_id=scope.tenant_id,
        rule_id=_NO_RULE,
        key=key,
        alert_id=alert.id,
        incident_id=alert.incident_id,
        severity=alert.severity,
        created_at=now,
    )
    Notification.objects.bulk_create([notification])
    items = [
        InboxItem(
            tenant_id=scope.tenant_id,
            account=user.account,
            notification_id=notification.id,
            created_at=now,
        )
        for user in _security_people(scope)[:_PEOPLE_AT_MOST]
        if user.account is not None
    ]
    InboxItem.objects.bulk_create(items)
    return len(items)


def _security_people(scope: Scope) -> QuerySet[User]:
    """The accounts of members who hold a role that shows alerts, directly or by a group."""
    now = clock.now()
    shows = Q(role__is_built_in=True, role__display_name__in=_BUILT_IN) | Q(
        role__is_built_in=False, role__role_permissions__contains=f" {RolePermission.VIEW_DATA} "
    )
    held = RoleAssignment.objects.in_scope(scope).filter(in_force(now), shows)
    in_groups = GroupMembership.objects.in_scope(scope).filter(
        in_force(now), group_id__in=held.filter(group_id__isnull=False).values("group_id")
    )
    holds = Q(id__in=held.filter(user_id__isnull=False).values("user_id"))
    users = assignable_users(scope.tenant_id, now).filter(holds | Q(id__in=in_groups.values("user_id")))
    members = users.filter(user_type=User.UserType.MEMBER, account_id__isnull=False)
    return members.select_related("account").order_by("id")
