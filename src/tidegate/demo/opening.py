"""How the made-up world's people open a tenant: through the gate, as everybody."""

from collections.abc import Mapping

from tidegate.accounts.models import Account
from tidegate.authorization.scope import Actor, ActorKind, Scope
from tidegate.demo.specs import AccountSpec, RoleName, TenantSpec, World
from tidegate.gate.opening import open as open_gate


def actor_for(account: Account) -> Actor:
    """The account, acting from nowhere in particular."""
    return Actor(
        kind=ActorKind.PERSON,
        display_name=account.get_full_name(),
        account_id=account.id,
        email=account.email,
        home_tenant_id=account.home_tenant_id,
    )


def administrator_of(world: World, tenant: TenantSpec) -> AccountSpec:
    """Who administers a tenant of the world."""
    return next(
        spec
        for spec in world.accounts
        if spec.home_slug == tenant.slug and RoleName.GLOBAL_ADMINISTRATOR in spec.role_names
    )


def open_as_administrator(world: World, tenant: TenantSpec, people: Mapping[str, Account]) -> Scope:
    """The tenant, as its administrator opens it."""
    account = people[administrator_of(world, tenant).email]
    return open_gate(actor_for(account), str(tenant.tenant_id))
