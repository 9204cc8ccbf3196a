"""Running a query, and telling the tenants whose rows it read."""

import uuid
from typing import Final

from django.db import transaction

from tidegate.audit.actions import NOTHING, Details, append, record
from tidegate.audit.models import Result
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope, require
from tidegate.directory.models import Tenant
from tidegate.hunting.answers import Answer
from tidegate.hunting.errors import QueryTooCostly
from tidegate.hunting.running import Limits, run
from tidegate.hunting.window import Window

_TAG: Final = "hunting.queried"
_LONGEST_TOLD: Final = 1_000


def hunt(scope: Scope | ManyScope, query: str, window: Window, limits: Limits) -> Answer:
    """The rows of a query over the tenants in scope; each of them is told what was asked, and by whom.

    Raises Forbidden; QueryError for what cannot be read or does not fit, which reads nothing and is not
    told; QueryTooCostly beyond a limit.
    """
    require(scope, Permission.HUNTING_READ)
    told = {"query": query[:_LONGEST_TOLD], "since": window.since, "until": window.until}
    try:
        answer = run(scope, query, window, limits)
    except QueryTooCostly as error:
        _tell(scope, {**told, "reason": error.message}, Result.FAILURE)
        raise
    _tell(scope, {**told, "rows": len(answer.rows)}, Result.SUCCESS)
    return answer


def _tell(scope: Scope | ManyScope, details: Details, result: Result) -> None:
    if isinstance(scope, Scope):
        record(scope, _TAG, result=result, details=details)
        return
    # In one order for everybody: each append locks the head of a chain. How many rows were whose is not told
    # to the others.
    details = {name: value for name, value in details.items() if name != "rows"}
    with transaction.atomic():
        for tenant_id in _reached(scope):
            append(
                tenant_id, scope.actor, _TAG, NOTHING, result=result, details={**details, "tenants": "all"}
            )


def _reached(scope: ManyScope) -> list[uuid.UUID]:
    return list(Tenant.objects.filter(scope.restrict("id")).order_by("id").values_list("id", flat=True))
