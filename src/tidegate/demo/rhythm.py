"""When incidents begin: in working hours more than at night, on weekdays more than at weekends."""

from datetime import datetime, timedelta
from random import Random

_HOURS = 29 * 24 + 20
_BY_HOUR = (2, 1, 1, 1, 1, 2, 4, 9, 12, 13, 12, 9, 9, 12, 13, 11, 9, 6, 4, 3, 3, 3, 2, 2)
_WEEKEND = 0.3
_SATURDAY = 5
_LATELY = timedelta(hours=6)


def make_beginnings(chance: Random, now: datetime, count: int) -> tuple[datetime, ...]:
    """`count` UTC times of the thirty days before `now`, oldest first; the last is minutes ago.

    One in fourteen falls into the last six hours whatever the hour, so that the queue is never stale.
    """
    last = now - timedelta(minutes=chance.uniform(2, 25))
    lately = [last - _LATELY * chance.random() for _ in range(count // 14)]
    rest = _by_working_hours(chance, last, count - 1 - len(lately))
    return tuple(sorted([*rest, *lately, last]))


def _by_working_hours(chance: Random, last: datetime, count: int) -> list[datetime]:
    hours = [last - timedelta(hours=back) for back in range(1, _HOURS)]
    weights = [_weight(hour) for hour in hours]
    return [hour + timedelta(hours=chance.random()) for hour in chance.choices(hours, weights, k=count)]


def _weight(hour: datetime) -> float:
    return _BY_HOUR[hour.hour] * (_WEEKEND if hour.weekday() >= _SATURDAY else 1)
