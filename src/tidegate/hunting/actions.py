"""Running a query, and telling the tenants whose rows it read."""

from collections.abc import Iterator
from typing import Final

from tidegate.audit.actions import Details, put_views_aside, record
from tidegate.audit.models import Result
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Entry, ManyScope, Relation, Scope, require
from tidegate.directory.models import Tenant
from tidegate.directory.queries import list_enterable
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
    # They may be many: a job appends to their chains. How many rows were the others' is none of theirs.
    told = {name: str(value) for name, value in details.items() if value is not None and name != "rows"}
    put_views_aside(scope.actor, _TAG, _reached(scope), details={**told, "tenants": "several"})


def _reached(scope: ManyScope) -> Iterator[Entry]:
    """What the actor is in each tenant that was read."""
    users = {user.tenant_id: user for user in list_enterable(scope)}
    for tenant in Tenant.objects.filter(scope.restrict("id")):
        user = users.get(tenant.id)
        relation = Relation(user.user_type) if user else None
        yield Entry(tenant.id, tenant.display_name, user.id if user else None, relation, frozenset())
