"""What happens next, for a demo that stays alive."""

from datetime import UTC, datetime, timedelta

from tidegate.connectors.records import Json

from .chance import dice
from .incidents import make_incident
from .plan import choose_story, suitable
from .specs import TenantSpec, World
from .story import cut, tell
from .triage import UNTOUCHED


def next_incident(world: World, tenant: TenantSpec, at: datetime, n: int) -> dict[str, Json]:
    """The `n`-th incident (from 0) after those of the world: fresh, untouched, as known at `at`.

    Same arguments, same incident. It began minutes before `at`, so nothing in it lies in the future,
    and its number follows on the tenant's others. Raises ValueError for an `at` without time zone.
    """
    if at.tzinfo is None:
        message = "at: the time needs a time zone."
        raise ValueError(message)
    moment = at.astimezone(UTC)
    chance = dice("live", world.seed, tenant.slug, n)
    estate = world.estates[tenant.slug]
    scenario = choose_story(suitable(tenant, estate), chance)
    begins_at = moment - timedelta(minutes=chance.uniform(0.5, 12))
    story = cut(tell(scenario, tenant, estate, begins_at, chance), moment)
    return make_incident(story, UNTOUCHED, tenant.first_incident + tenant.incidents + n)
