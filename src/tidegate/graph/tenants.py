"""The tenant that a request is about: the token's own, as in Graph, or what our `tid` asks for instead.

`tid=all` is every tenant that consented to the application, `tid=<id or domain>` one of them; both only for
a token of home. What may not be entered is not there.
"""

from typing import Final

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.errors import InvalidInput
from tidegate.gate.elsewhere import open_elsewhere, open_everywhere
from tidegate.gate.opening import Asked, read_tid
from tidegate.oauth.endpoint import Call

ALL: Final = "all"


def open_tenant(call: Call) -> Scope:
    """The one tenant that the request is about. Raises InvalidInput, NotFound, TokenRefused."""
    tid = _read_tid(call)
    if not tid:
        return call.scope
    if tid == ALL:
        raise InvalidInput(fields={"tid": "must name one tenant here"})
    caller = call.caller
    return open_elsewhere(caller.claim, caller.resource, read_tid(tid), caller.origin)


def open_tenants(call: Call, permission: Permission) -> Scope | ManyScope:
    """The tenant, or all tenants, that the request is about. Raises as `open_tenant`."""
    if _read_tid(call) != ALL:
        return open_tenant(call)
    caller = call.caller
    return open_everywhere(caller.claim, caller.resource, permission, caller.origin)


def open_told(call: Call) -> Scope:
    """The tenant whose audit log tells of a call: of all tenants the token's own. Raises as `open_tenant`."""
    return call.scope if _read_tid(call) == ALL else open_tenant(call)


def reopen(call: Call, scope: Scope | ManyScope) -> Scope:
    """What a request opened, opened anew; of many tenants the token's own. Raises as `open_tenant`."""
    caller = call.caller
    if isinstance(scope, Scope) and scope.tenant_id != call.scope.tenant_id:
        return open_elsewhere(
            caller.claim, caller.resource, Asked("", tenant_id=scope.tenant_id), caller.origin
        )
    return caller.open()


def _read_tid(call: Call) -> str:
    return call.parameters.get("tid", "").strip()
