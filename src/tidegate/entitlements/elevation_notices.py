"""Who is told of an activation: approvers, the one who asked, the tenant's administrators."""

from tidegate.entitlements.elevating import approving_users
from tidegate.entitlements.models import Activation
from tidegate.entitlements.notices import NoticeKind, Value, tell_administrators, tell_users
from tidegate.entitlements.words import ActivationState


def tell_started(activation: Activation) -> None:
    """Tell the administrators that a role was taken up."""
    values: dict[str, Value] = {
        "person": activation.user.display_name,
        "role": activation.eligibility.role.display_name,
        "justification": activation.justification,
        "ends_at": activation.ends_at,
    }
    key = f"elevation-started:{activation.id}"
    tell_administrators(activation.tenant_id, NoticeKind.ELEVATION_STARTED, key=key, values=values)


def tell_approvers(activation: Activation) -> None:
    """Tell everyone who may agree to it, but not whoever asked."""
    eligibility = activation.eligibility
    values: dict[str, Value] = {
        "activation_id": activation.id,
        "person": activation.user.display_name,
        "role": eligibility.role.display_name,
        "justification": activation.justification,
    }
    users = approving_users(eligibility).exclude(account_id=activation.account_id)
    key = f"elevation-needed:{activation.id}"
    tell_users(activation.tenant_id, NoticeKind.ELEVATION_NEEDED, key=key, users=users, values=values)


def tell_holder(activation: Activation) -> None:
    """Tell whoever asked what was decided."""
    approved = activation.state == ActivationState.ACTIVE
    kind = NoticeKind.ELEVATION_APPROVED if approved else NoticeKind.ELEVATION_DENIED
    values: dict[str, Value] = {
        "activation_id": activation.id,
        "role": activation.eligibility.role.display_name,
        "by": activation.decided_by_name,
        "justification": activation.decision_justification,
        "ends_at": activation.ends_at,
    }
    key = f"elevation-decided:{activation.id}"
    tell_users(activation.tenant_id, kind, key=key, users=[activation.user], values=values)
