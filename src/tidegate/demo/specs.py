"""The values a made-up world consists of.

Times are aware UTC datetimes. Tenants are referred to by `slug`, accounts by e-mail,
groups by their name in their tenant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tidegate.authorization.api_permissions import Resource


class TenantKind(StrEnum):
    """What a tenant is to the others."""

    PROVIDER = "provider"
    CUSTOMER = "customer"


class RoleName(StrEnum):
    """The built-in roles, by the names people see."""

    GLOBAL_ADMINISTRATOR = "Global Administrator"
    SECURITY_ADMINISTRATOR = "Security Administrator"
    SECURITY_READER = "Security Reader"
    TIER_1 = "Tier 1 Analyst"
    TIER_2 = "Tier 2 Analyst"


class GuestState(StrEnum):
    """How far a guest has come."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    REMOVED = "removed"
    BLOCKED = "blocked"


class Trade(StrEnum):
    """What an organization does for a living; decides its devices, people and mail."""

    HOSPITAL = "hospital"
    SHIPPING = "shipping"
    WATER = "water authority"
    RETAIL = "retail"
    ENERGY = "energy"
    FOOD = "food"
    NOTARY = "notary"
    POLYTECHNIC = "polytechnic"
    PUBLISHER = "publisher"
    LOGISTICS = "logistics"
    INSTRUMENTS = "instruments"
    MUNICIPALITY = "municipality"
    SECURITY = "managed security"
    POTTERY = "pottery"


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """A group of one tenant and the roles it gives there."""

    name: str
    description: str
    role_names: tuple[RoleName, ...]


@dataclass(frozen=True, slots=True)
class TenantSpec:
    """One organization. The first of `domains` is the default one; `size` counts employees.

    `prefix` starts its devices' names; `incidents` is how many it has in thirty days and
    `first_incident` the number of the oldest of them.
    """

    tenant_id: UUID
    display_name: str
    slug: str
    kind: TenantKind
    domains: tuple[str, ...]
    country: str
    language: str
    data_location: str
    technical_contact: str
    privacy_contact: str
    privacy_statement_url: str
    created_at: datetime
    trade: Trade
    size: int
    prefix: str
    incidents: int
    first_incident: int
    groups: tuple[GroupSpec, ...]

    @property
    def default_domain(self) -> str:
        """The domain its people's names end in."""
        return self.domains[0]


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """Somebody who signs in. `groups` are those of the home tenant, `role_names` what they give."""

    email: str
    password: str
    display_name: str
    home_slug: str
    purpose: str
    job_title: str
    language: str
    groups: tuple[str, ...]
    role_names: tuple[RoleName, ...]


@dataclass(frozen=True, slots=True)
class GuestSpec:
    """An account as guest of another tenant.

    For a removed guest `ends_at` is the moment of removal; None means no end is planned.
    """

    tenant_slug: str
    account_email: str
    groups: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime | None
    state: GuestState

    def in_force(self, at: datetime) -> bool:
        """Whether this guest could enter at that moment. A removed one could until removal."""
        if self.state in {GuestState.PENDING, GuestState.BLOCKED}:
            return False
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class ConsentSpec:
    """A tenant lets an application in; for one that was withdrawn, `ends_at` is when that was.

    None is no end, for a `reason` in words.
    """

    tenant_slug: str
    starts_at: datetime
    ends_at: datetime | None
    reason: str = ""
    is_withdrawn: bool = False

    def in_force(self, at: datetime) -> bool:
        """Whether the application is let in at that moment."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True, slots=True)
class ApplicationSpec:
    """A program of one tenant. `permissions` are APIs with one of their application permissions."""

    home_slug: str
    client_id: UUID
    client_secret: str
    display_name: str
    description: str
    purpose: str
    is_multi_tenant: bool
    registered_at: datetime
    permissions: tuple[tuple[Resource, str], ...]
    consents: tuple[ConsentSpec, ...]


class DeviceKind(StrEnum):
    """What a machine is for; stories ask for a machine of a kind."""

    WORKSTATION = "workstation"
    STATION = "station"
    SERVER = "server"
    FILE_SERVER = "fileServer"
    DOMAIN_CONTROLLER = "domainController"
    JUMP_HOST = "jumpHost"


@dataclass(frozen=True, slots=True)
class Person:
    """One identity of a tenant: a human being or a service account."""

    display_name: str
    upn: str
    account_name: str
    object_id: UUID
    sid: str
    department: str


@dataclass(frozen=True, slots=True)
class Device:
    """One machine of a tenant; `owner` is an account name, empty for shared machines and servers."""

    name: str
    dns_name: str
    kind: DeviceKind
    platform: str
    version: str
    build: int
    mde_id: str
    entra_id: UUID
    group_id: int
    group_name: str
    ip: str
    owner: str
    tags: tuple[str, ...]
    first_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Estate:
    """What a tenant has: people, service accounts and machines."""

    people: tuple[Person, ...]
    services: tuple[Person, ...]
    devices: tuple[Device, ...]


@dataclass(frozen=True, slots=True)
class World:
    """Everything there is at `now`. `estates` is keyed by tenant slug."""

    now: datetime
    seed: int
    tenants: tuple[TenantSpec, ...]
    accounts: tuple[AccountSpec, ...]
    guests: tuple[GuestSpec, ...]
    estates: Mapping[str, Estate]
    applications: tuple[ApplicationSpec, ...]

    def tenant(self, slug: str) -> TenantSpec:
        """The tenant of that slug. Raises KeyError when there is none."""
        for tenant in self.tenants:
            if tenant.slug == slug:
                return tenant
        raise KeyError(slug)

    def account(self, email: str) -> AccountSpec:
        """The account of that e-mail address. Raises KeyError when there is none."""
        for account in self.accounts:
            if account.email == email:
                return account
        raise KeyError(email)
