"""Looking up subscriptions: an application sees its own, and for a person only what it made for that one."""

import uuid

from django.db.models import Q, QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Forbidden, NotFound
from tidegate.feeds.models import Subscription
from tidegate.feeds.subscribed import KINDS


def live_subscriptions(scope: Scope) -> QuerySet[Subscription]:
    """The subscriptions of the scope's application that are not over, newest first. Raises Forbidden.

    Only for who may still be told of something: what was subscribed to says something of the tenant too.
    """
    if not any(scope.allows(kind.permission) for kind in KINDS.values()):
        raise Forbidden("This needs a permission to read what can be subscribed to.")
    rows = Subscription.objects.in_scope(scope).filter(
        Q(client_id=scope.actor.client_id), ended_at__isnull=True, expires_at__gt=clock.now()
    )
    user_id = scope.entry.user_id
    own = rows.filter(user_id=user_id) if user_id else rows.filter(user_id__isnull=True)
    return own.order_by("-created_at", "-id")


def get_subscription(scope: Scope, subscription_id: uuid.UUID) -> Subscription:
    """One of them. Raises NotFound, Forbidden."""
    found = live_subscriptions(scope).filter(id=subscription_id).first()
    if found is None:
        raise NotFound("There is no such subscription.")
    return found
