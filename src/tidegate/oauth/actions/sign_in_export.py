"""Taking the sign-in log away as a file is an event of the audit log."""

from collections.abc import Iterator
from dataclasses import asdict

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.oauth.models import SignIn
from tidegate.oauth.sign_in_log import SignInFilter, iterate_sign_ins


def export_sign_ins(scope: Scope, chosen: SignInFilter) -> Iterator[SignIn]:
    """Every sign-in that the filter leaves, newest first; recorded before the first. Raises Forbidden."""
    require(scope, Permission.AUDIT_READ)
    asked = {name: value for name, value in asdict(chosen).items() if value not in {"", None}}
    record(scope, "sign_ins.exported", details={"filter": asked})
    return iterate_sign_ins(scope, chosen)
