"""How tests ask for a package, and look at what is offered."""

from tests.cast import Cast
from tidegate.entitlements.actions.requests import (
    request_access,
)
from tidegate.entitlements.models import (
    AssignmentPolicy,
    AssignmentRequest,
)
from tidegate.entitlements.offers import list_offers


def ask(cast: Cast, name: str, policy: AssignmentPolicy, **wishes: object) -> AssignmentRequest:
    return request_access(
        cast.actor(name),
        policy.tenant_id,
        policy.package_id,
        policy.id,
        **wishes,  # type: ignore[arg-type]
    )


def names(cast: Cast, person: str) -> list[str]:
    return [offer.package.display_name for offer in list_offers(cast.actor(person))]
