"""What a person has asked for, may ask for and may extend, tenant by tenant: for the Customers page."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.models import Assignment, AssignmentRequest
from tidegate.entitlements.offers import list_offers
from tidegate.entitlements.own import own_assignments, own_requests
from tidegate.entitlements.words import RequestState
from tidegate.web import frame as fr
from tidegate.web.links import package_path, tenant_link


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of one's own that waits for a decision."""

    badge: fr.TenantBadge
    request: AssignmentRequest
    url: str


@dataclass(frozen=True, slots=True)
class Askable:
    """A package that one may ask for, and neither holds nor has asked for."""

    badge: fr.TenantBadge
    name: str
    description: str
    url: str


def list_asked(actor: Actor) -> list[Asked]:
    """One's own requests that wait for a decision, in every tenant, newest first."""
    pending = own_requests(actor).filter(state=RequestState.PENDING_APPROVAL)
    return [
        Asked(
            fr.tenant_badge(one.tenant_id, one.tenant.display_name),
            one,
            tenant_link("my_request", str(one.tenant_id), one.id),
        )
        for one in pending
    ]


def list_askable(actor: Actor, asked: list[Asked]) -> list[Askable]:
    """The packages on offer in every tenant, by tenant and name; those held or asked for left out."""
    now = clock.now()
    held = own_assignments(actor).filter(in_force(now)).values_list("tenant_id", "package_id")
    taken = {*held, *((one.request.tenant_id, one.request.package_id) for one in asked)}
    found: dict[tuple[uuid.UUID, uuid.UUID], Askable] = {}
    for offer in list_offers(actor):
        key = (offer.tenant.id, offer.package.id)
        if key not in taken and offer.tenant.id != actor.home_tenant_id:
            badge = fr.tenant_badge(offer.tenant.id, offer.tenant.display_name)
            url = package_path(str(offer.tenant.id), offer.package.id)
            found.setdefault(key, Askable(badge, offer.package.display_name, offer.package.description, url))
    return list(found.values())


def extend_urls(
    actor: Actor, tenant_id: uuid.UUID | None = None, *, among: Collection[uuid.UUID] | None = None
) -> dict[uuid.UUID, str]:
    """By tenant: where to extend the access of one's own that ends first, in one tenant or among these.

    One statement.
    """
    held = own_assignments(actor, tenant_id).filter(in_force(clock.now()), ends_at__isnull=False)
    if among is not None:
        held = held.filter(tenant_id__in=among)
    urls: dict[uuid.UUID, str] = {}
    for one in held.filter(policy__allows_extension=True).order_by("ends_at"):
        urls.setdefault(one.tenant_id, extend_url(one))
    return urls


def extend_url(assignment: Assignment) -> str:
    """Where one asks to keep an assignment for longer."""
    return tenant_link("my_assignment_extend", str(assignment.tenant_id), assignment.id)
