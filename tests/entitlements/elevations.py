"""Eligible people of the cast's customer, made by the product's own actions."""

from datetime import timedelta
from typing import Final

from tests.cast import Cast
from tidegate.authorization.roles import BuiltInRole
from tidegate.directory.models import User
from tidegate.entitlements.actions.activations import activate
from tidegate.entitlements.actions.eligibilities import make_eligible
from tidegate.entitlements.models import Activation, Eligibility
from tidegate.entitlements.rules import Approver
from tidegate.entitlements.words import ApproverKind

HOUR: Final = timedelta(hours=1)
WHY: Final = "Isolating a device, incident 42"


def by(user: User) -> Approver:
    return Approver(ApproverKind.USER, user.id)


def let(
    cast: Cast,
    name: str = "helper",
    *approvers: str,
    role: str = BuiltInRole.SECURITY_READER,
    **wishes: object,
) -> Eligibility:
    """Let one of the cast activate a role in the customer, with the leave of others."""
    given = {
        "longest": 8 * HOUR,
        "approvers": [by(cast.user(one)) for one in approvers],
        "user_id": cast.user(name).id,
        **wishes,
    }
    return make_eligible(cast.enter("admin"), cast.role(role).id, **given)  # type: ignore[arg-type]


def take_up(
    cast: Cast, eligibility: Eligibility, name: str = "helper", duration: timedelta = HOUR
) -> Activation:
    return activate(cast.enter(name), eligibility.id, duration=duration, justification=WHY)
