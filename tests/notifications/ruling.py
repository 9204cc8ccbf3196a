"""Rules for tests, and the worker's jobs run until nothing is left."""

from typing import Any, Final

from tests.cast import Cast, make_role
from tidegate.authorization.permissions import RolePermission
from tidegate.authorization.scope import Scope
from tidegate.core.worker import Job, run_pending
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.models import Tenant
from tidegate.notifications import jobs
from tidegate.notifications.actions.rules import create_rule
from tidegate.notifications.drafts import RecipientDraft, RuleDraft
from tidegate.notifications.models import NotificationRule

READER: Final = "soc@customer.example"


def draft(**changes: Any) -> RuleDraft:
    values: dict[str, Any] = {
        "display_name": "Everything",
        "recipients": [RecipientDraft(email=READER)],
    }
    return RuleDraft(**{**values, **changes})


def make_rule(scope: Scope, **changes: Any) -> NotificationRule:
    return create_rule(scope, draft(**changes))


def work() -> None:
    """What a worker does until nothing is left."""
    names = (
        "tell_what_happened",
        "take_over_access_notices",
        "close_bundles",
        "escalate",
        "send_mails",
        "send_webhooks",
        "send_chats",
    )
    run_pending([Job(name, getattr(jobs, name)) for name in names])


def let_manage_settings(cast: Cast, name: str, tenant: Tenant | None = None) -> None:
    """Give one of the cast the role that manages security settings and sees alerts."""
    role = make_role(
        tenant or cast.customer,
        f"Settings of {name}",
        RolePermission.MANAGE_SECURITY_SETTINGS,
        RolePermission.VIEW_DATA,
    )
    boss = "admin" if tenant is None else "boss"
    assign_role(cast.enter(boss, tenant), role.id, user_id=cast.user(name, tenant).id)
