"""The tenant in an address of the authorization server: an id, a verified domain, or none in particular."""

import uuid
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from tidegate.core.errors import InvalidInput
from tidegate.core.ids import parse_uuid
from tidegate.directory.models import Domain, Tenant
from tidegate.directory.names import clean_domain
from tidegate.oauth.errors import StsError

ANYWHERE: Final = frozenset({"common", "organizations"})
# Personal accounts are Microsoft's own: nobody here has one.
_CONSUMERS: Final = frozenset({"consumers", "9188040d-6c67-4c5b-b112-36a304b66dad"})


@dataclass(frozen=True, slots=True)
class Place:
    """What stands for the tenant. `tenant_id` is None where it is wherever the person is at home."""

    text: str
    tenant_id: uuid.UUID | None

    def require_tenant(self) -> uuid.UUID:
        """The one tenant. Raises StsError for an address that names none."""
        if self.tenant_id is None:
            raise StsError(9001023)
        return self.tenant_id


def read_place(text: str) -> Place:
    """What an address names. An id is not looked up: see `check_place`. Raises StsError."""
    name = text.casefold()
    if name in ANYWHERE:
        return Place(name, None)
    if name in _CONSUMERS:
        raise StsError(90002, tenant=text)
    tenant_id = parse_uuid(text) or _find_by_domain(text)
    if tenant_id is None:
        raise StsError(90002, tenant=text)
    return Place(text, tenant_id)


def check_place(place: Place) -> None:
    """Raise StsError for a tenant that does not exist."""
    if place.tenant_id and not Tenant.objects.filter(id=place.tenant_id).exists():
        raise StsError(90002, tenant=place.text)


def find_place(text: str) -> Place:
    """What an address names, and exists. Raises StsError."""
    place = read_place(text)
    check_place(place)
    return place


def origin_of(request: HttpRequest) -> str:
    """The address by which the client reached us, as issuers and our own addresses begin.

    The host is one that the operator allows; Django raises DisallowedHost for any other.
    """
    return f"{request.scheme}://{request.get_host()}"


def _find_by_domain(text: str) -> uuid.UUID | None:
    try:
        name = clean_domain(text, "tenant")
    except InvalidInput:
        return None
    named = Domain.objects.filter(name=name, verified_at__isnull=False)
    return named.values_list("tenant_id", flat=True).first()
