"""Where an activation may go from where it stands: the table, and the one way to move."""

from types import MappingProxyType
from typing import Final

from tidegate.audit.actions import Target, append
from tidegate.authorization.scope import Actor, Entry
from tidegate.core.errors import Conflict
from tidegate.entitlements.models import Activation
from tidegate.entitlements.words import ActivationState as S

TRANSITIONS: Final = MappingProxyType(
    {
        S.PENDING_APPROVAL: frozenset({S.ACTIVE, S.DENIED, S.CANCELED}),
        S.ACTIVE: frozenset({S.DEACTIVATED}),
        S.DENIED: frozenset[S](),
        S.CANCELED: frozenset[S](),
        S.DEACTIVATED: frozenset[S](),
    }
)
"""Every state and the states that may follow it. What is active and past its end has simply ended."""

WORDS: Final = MappingProxyType(
    {
        S.PENDING_APPROVAL: "This activation is still waiting for approval.",
        S.ACTIVE: "This activation was approved already.",
        S.DENIED: "This activation was denied already.",
        S.CANCELED: "This activation was canceled already.",
        S.DEACTIVATED: "This activation was ended already.",
    }
)
"""What is said to whoever comes too late."""


def move(
    activation: Activation,
    to: S,
    tag: str,
    actor: Actor,
    entry: Entry | None,
    *,
    justification: str = "",
) -> None:
    """Bring an activation to a state with its audit event, in the caller's transaction and lock.

    Raises Conflict, saying where it stands, for a transition that the table does not have.
    """
    before = S(activation.state)
    if to not in TRANSITIONS[before]:
        raise Conflict(WORDS[before])
    activation.state = to
    activation.save()
    note(activation, tag, actor, entry, justification=justification)


def note(
    activation: Activation, tag: str, actor: Actor, entry: Entry | None, *, justification: str = ""
) -> None:
    """Append an event about an activation, in the caller's transaction."""
    details = {
        "user": activation.user.user_principal_name,
        "justification": justification,
        "starts_at": activation.starts_at,
        "ends_at": activation.ends_at,
    }
    append(activation.tenant_id, actor, tag, target_of(activation), entry=entry, details=details)


def target_of(activation: Activation) -> Target:
    """How the audit log names an activation."""
    name = f"{activation.user.user_principal_name}: {activation.eligibility.role.display_name}"
    return Target("activation", str(activation.id), name[:512])
