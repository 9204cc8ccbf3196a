"""Who could work on a tenant's incidents at a moment."""

from dataclasses import dataclass
from datetime import datetime

from .specs import AccountSpec, GuestSpec, RoleName, TenantSpec, World

_ANALYSTS = frozenset({RoleName.SECURITY_ADMINISTRATOR, RoleName.TIER_1, RoleName.TIER_2})


@dataclass(frozen=True, slots=True)
class Roster:
    """A tenant's own analysts and its guests, with the times of their access."""

    administrator: AccountSpec
    own: tuple[AccountSpec, ...]
    guests: tuple[tuple[GuestSpec, AccountSpec], ...]

    def on_duty(self, at: datetime) -> tuple[AccountSpec, ...]:
        """Own analysts and guests with access then; the lead, or an administrator, when nobody else."""
        present = tuple(account for guest, account in self.guests if guest.in_force(at))
        analysts = tuple(account for account in present if _ANALYSTS.intersection(account.role_names))
        return (*self.own, *analysts) or present or (self.administrator,)


def make_roster(world: World, tenant: TenantSpec) -> Roster:
    """The roster of one tenant."""
    members = [account for account in world.accounts if account.home_slug == tenant.slug]
    return Roster(
        administrator=next(one for one in members if RoleName.GLOBAL_ADMINISTRATOR in one.role_names),
        own=tuple(one for one in members if _ANALYSTS.intersection(one.role_names)),
        guests=tuple(
            (guest, world.account(guest.account_email))
            for guest in world.guests
            if guest.tenant_slug == tenant.slug
        ),
    )
