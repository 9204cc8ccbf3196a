"""Axes that end on round numbers."""

from itertools import count

MOST_STEPS = 4
# Round lengths of time, in seconds, for the top of an axis.
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
ROUND_TIMES = (
    *(minutes * _MINUTE for minutes in (2, 4, 10, 20, 30)),
    *(hours * _HOUR for hours in (1, 2, 4, 6, 8, 10, 12, 16)),
    *(days * _DAY for days in (1, 2, 4, 6, 10, 14, 20, 30, 60, 90, 180, 360)),
)


def count_ticks(largest: int) -> tuple[int, ...]:
    """Ticks from 0 to a round number not below `largest`, in at most four equal steps of 1, 2, 2.5 or 5."""
    for step in _round_steps():
        if step * MOST_STEPS >= largest:
            return tuple(range(0, _ceil(largest, step) + 1, step))
    raise AssertionError  # pragma: no cover  the steps have no end


def _round_steps() -> "map[int]":
    return map(_round_step, count())


def _round_step(position: int) -> int:
    power, place = divmod(position, 4)
    return (10, 20, 25, 50)[place] * 10 ** (power - 1) if power else (1, 2, 5, 5)[place]


def _ceil(value: int, step: int) -> int:
    return max(step, -(-value // step) * step)


def time_top(largest: float) -> float:
    """The top of an axis of seconds: a round length of time not below `largest`."""
    return next((float(top) for top in ROUND_TIMES if top >= largest), largest)
