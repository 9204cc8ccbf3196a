"""Which of the provider's people are guests where, since when and until when.

Every kind of guest access occurs: in force, about to end, ended, not yet begun, invited only,
removed, blocked, and none at all. Times are relative to the world's `now`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .chance import number_of
from .groups import TIER_1, TIER_2
from .organizations import PROVIDER
from .specs import GroupSpec, GuestSpec, GuestState


@dataclass(frozen=True, slots=True)
class _Row:
    """One guest out of the ordinary; days and hours count from `now`, negative ones before it."""

    name: str
    slug: str
    group: GroupSpec
    begins: timedelta
    ends: timedelta | None
    state: GuestState = GuestState.ACCEPTED


def _days(count: float) -> timedelta:
    return timedelta(days=count)


# The lead, whose access has no end, keeps out of the publisher and is alone at the notary.
_LEAD = (
    "femke.ooijens",
    ("orvane", "meridaal", "plettenburg", "brackwell", "corvanta", "lindqvale",
     "tessaline", "dijkerveen", "hoogmade", "ruysveld", "gravendal"),
)  # fmt: skip

# Guests since long whose access ends in months.
_SETTLED = (
    ("ines.vermaat", TIER_2, ("meridaal", "plettenburg", "lindqvale", "tessaline", "dijkerveen", "hoogmade")),
    ("ines.vermaat", TIER_1, ("corvanta", "gravendal", "quillmark")),
    ("joris.haandrik", TIER_2, ("orvane", "plettenburg", "corvanta", "lindqvale", "hoogmade")),
    ("priya.talsma", TIER_2, ("meridaal", "tessaline", "dijkerveen", "gravendal")),
    ("dilara.sonmezer", TIER_1, ("orvane", "meridaal", "corvanta", "tessaline", "dijkerveen", "hoogmade")),
    ("tom.achterberg", TIER_1, ("brackwell", "corvanta", "lindqvale", "gravendal", "quillmark")),
    ("bram.kuipersloot", TIER_1, ("plettenburg", "tessaline", "hoogmade")),
    ("aoife.kinnarney", TIER_1, ("orvane", "meridaal", "plettenburg", "brackwell", "corvanta",
                                 "lindqvale", "tessaline", "dijkerveen", "quillmark")),
)  # fmt: skip

_UNUSUAL = (
    # About to end.
    _Row("ines.vermaat", "orvane", TIER_2, _days(-176), _days(3)),
    _Row("ines.vermaat", "brackwell", TIER_2, _days(-86), _days(4)),
    _Row("dilara.sonmezer", "plettenburg", TIER_1, _days(-60), _days(3)),
    _Row("tom.achterberg", "orvane", TIER_1, _days(-30), timedelta(hours=5)),
    # Begun only lately.
    _Row("joris.haandrik", "brackwell", TIER_2, _days(-10), _days(80)),
    _Row("bram.kuipersloot", "gravendal", TIER_1, _days(-6), _days(24)),
    # Ended.
    _Row("joris.haandrik", "meridaal", TIER_2, _days(-120), _days(-1)),
    _Row("dilara.sonmezer", "quillmark", TIER_1, _days(-90), timedelta(hours=-26)),
    _Row("priya.talsma", "lindqvale", TIER_2, _days(-45), _days(-12)),
    # Not yet begun.
    _Row("joris.haandrik", "quillmark", TIER_2, _days(1), _days(31)),
    _Row("tom.achterberg", "meridaal", TIER_1, _days(2), _days(9)),
    # Invited, not yet redeemed.
    _Row("bram.kuipersloot", "brackwell", TIER_1, _days(-2), _days(88), GuestState.PENDING),
    # Taken away, and locked out.
    _Row("bram.kuipersloot", "corvanta", TIER_1, _days(-40), _days(-13), GuestState.REMOVED),
    _Row("aoife.kinnarney", "gravendal", TIER_1, _days(-70), _days(110), GuestState.BLOCKED),
)


def make_guests(now: datetime) -> tuple[GuestSpec, ...]:
    """All guests of all customers as they stand at `now`."""
    return tuple(_guest(row, now) for row in _rows())


def _rows() -> Iterator[_Row]:
    lead, slugs = _LEAD
    for slug in slugs:
        yield _Row(lead, slug, TIER_2, _days(-(220 + number_of(60, lead, slug))), None)
    for name, group, where in _SETTLED:
        for slug in where:
            begins, ends = 45 + number_of(150, "begins", name, slug), 30 + number_of(160, "ends", name, slug)
            yield _Row(name, slug, group, _days(-begins), _days(ends))
    yield from _UNUSUAL


def _guest(row: _Row, now: datetime) -> GuestSpec:
    return GuestSpec(
        tenant_slug=row.slug,
        account_email=f"{row.name}@{PROVIDER.default_domain}",
        groups=(row.group.name,),
        starts_at=now + row.begins,
        ends_at=None if row.ends is None else now + row.ends,
        state=row.state,
    )
