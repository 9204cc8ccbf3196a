"""A person comes into a tenant."""

import uuid
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from tidegate.audit.actions import Happened, Target, append_all
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.prepared import INSTANT, UUID
from tidegate.core.prepared_writes import Changes, PreparedUpdate
from tidegate.directory.models import User


def note_entry(scope: Scope, *then: Happened) -> None:
    """Tell the tenant that somebody came in, and keep when, for reviews of who still needs it.

    `then` is what they did there first, told with it.
    """
    if scope.entry.user_id is None:
        return
    here = Target("tenant", str(scope.tenant_id), scope.entry.tenant_name)
    entered = Happened(scope.actor, scope.entry, "tenant.entered", here)
    with transaction.atomic():
        _ENTERED.run(tenant_id=scope.tenant_id, user_id=scope.entry.user_id, at=clock.now())
        append_all(scope.tenant_id, [entered, *then])


def _entered(tenant_id: uuid.UUID, user_id: uuid.UUID, at: datetime) -> tuple[QuerySet[User], Changes]:
    return User.objects.of_tenant(tenant_id).filter(id=user_id), {"last_entered_at": at}


_ENTERED: Final = PreparedUpdate(_entered, tenant_id=UUID, user_id=UUID, at=INSTANT)
