"""What is kept about signing in: events in the chain of the account's home tenant."""

from django.http import HttpRequest

from tidegate.accounts.actors import actor_for, unknown_actor
from tidegate.accounts.models import Account
from tidegate.audit.actions import Details, Target, append, put_aside
from tidegate.audit.models import Result


def record_event(
    request: HttpRequest,
    account: Account,
    tag: str,
    *,
    result: Result = Result.SUCCESS,
    details: Details | None = None,
) -> None:
    """Append to the chain of the account's home tenant; an account without one has no chain."""
    if account.home_tenant_id is None:
        return
    target = Target("account", str(account.pk), account.get_full_name())
    actor = actor_for(account, request)
    append(account.home_tenant_id, actor, tag, target, result=result, details=details)


def record_failed_sign_in(request: HttpRequest, email: str, reason: str) -> None:
    """Keep a failed sign-in, at the same cost whether the address has an account or not."""
    put_aside(
        email,
        unknown_actor(request),
        "account.sign_in_failed",
        details={"email": email[:320], "reason": reason},
    )
