"""A person comes into a tenant."""

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.directory.models import User


def note_entry(scope: Scope) -> None:
    """Tell the tenant that somebody came in, and keep when, for reviews of who still needs it."""
    if scope.entry.user_id is None:
        return
    with transaction.atomic():
        users = User.objects.in_scope(scope).filter(id=scope.entry.user_id)
        users.update(last_entered_at=clock.now())
        record(scope, "tenant.entered", Target("tenant", str(scope.tenant_id), scope.entry.tenant_name))
