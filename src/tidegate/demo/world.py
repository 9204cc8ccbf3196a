"""Puts the made-up world together."""

from datetime import UTC, datetime

from .estate import make_estate
from .invitations import make_guests
from .organizations import ORGANIZATIONS
from .programs import make_applications
from .specs import World
from .staff import make_accounts


def make_world(now: datetime, seed: int = 20260101) -> World:
    """The world as it stands at `now`, an aware time. The same arguments always give the same world.

    Raises ValueError when `now` carries no time zone.
    """
    if now.tzinfo is None:
        message = "now: the time needs a time zone."
        raise ValueError(message)
    moment = now.astimezone(UTC).replace(microsecond=0)
    accounts = make_accounts()
    return World(
        now=moment,
        seed=seed,
        tenants=ORGANIZATIONS,
        accounts=accounts,
        guests=make_guests(moment),
        estates={tenant.slug: make_estate(tenant, accounts, moment, seed) for tenant in ORGANIZATIONS},
        applications=make_applications(moment, seed),
    )
