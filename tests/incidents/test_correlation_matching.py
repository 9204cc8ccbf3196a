"""Beside which alert a new one belongs: strongest kind, nearest, older incident; never one that is full."""

from datetime import timedelta

from tests.cast import NOW
from tidegate.incidents.correlation.keys import Key
from tidegate.incidents.correlation.matching import Correlator, Home, Span, Trace
from tidegate.incidents.correlation.rules import Rules
from tidegate.incidents.models import CorrelationKind

P, F, U, D = CorrelationKind


def span(hours: float, lasting: float = 0) -> Span:
    first = NOW + timedelta(hours=hours)
    return Span(first, first + timedelta(hours=lasting))


def key(kind: CorrelationKind, value: str = "x") -> Key:
    return Key(kind, value, "", value)


def home(age: int, size: int = 1, *, is_open: bool = True) -> Home:
    return Home((0, f"{age}"), size, is_open)


class Standing:
    """Alerts that are there, by one key each, and where a new one goes."""

    def __init__(self, rules: Rules | None = None) -> None:
        self.correlator = Correlator(rules or Rules())

    def put(self, name: str, kind: CorrelationKind, at: Span, where: Home, value: str = "x") -> None:
        self.correlator.note(kind, value, Trace(name, at, ""), where)

    def find(self, at: Span, *kinds: CorrelationKind) -> tuple[str, str] | None:
        match = self.correlator.find([key(kind) for kind in kinds], at)
        return (match.other.external_id, str(match.key.kind)) if match else None


def test_strongest_kind_decides_however_far_away() -> None:
    standing = Standing()
    standing.put("device", D, span(0), home(1))
    standing.put("user", U, span(1), home(2))
    standing.put("file", F, span(2), home(3))
    standing.put("process", P, span(20), home(4))
    assert standing.find(span(0), D, U, F, P) == ("process", "process")
    assert standing.find(span(0), D, U, F) == ("file", "file")
    assert standing.find(span(0), D, U) == ("user", "user")
    assert standing.find(span(0), D) == ("device", "device")
    assert standing.find(span(0)) is None


def test_nearest_in_time_decides_then_the_older_incident() -> None:
    standing, young, old = Standing(), home(2), home(1)
    standing.put("before", D, span(-3), old)
    standing.put("after", D, span(2), young)
    assert standing.find(span(0), D) == ("after", "device")
    standing.put("as near", D, span(-2), old)
    assert standing.find(span(0), D) == ("as near", "device")
    standing.put("within", D, span(-9, lasting=10), young)
    assert standing.find(span(0), D) == ("within", "device")


def test_window_reaches_both_ways_and_ends() -> None:
    for hours in (-24, 24):
        standing = Standing()
        standing.put("a", D, span(hours), home(1))
        assert standing.find(span(0), D) == ("a", "device")
        assert standing.find(span(-hours / 24 * 0.001), D) is None
    long = Standing(Rules(window=timedelta(hours=1)))
    long.put("a", D, span(-100, lasting=99), home(1))
    assert long.find(span(0), D) == ("a", "device")
    assert long.find(span(0.1), D) is None


def test_closed_and_full_incidents_take_none_and_kinds_can_be_off() -> None:
    standing = Standing(Rules(frozenset({D}), largest=3))
    standing.put("closed", D, span(0), home(1, is_open=False))
    standing.put("full", D, span(0), home(2, size=3))
    assert standing.find(span(0), D) is None
    standing.put("free", D, span(5), home(3, size=2))
    assert standing.find(span(0), D) == ("free", "device")
    standing.put("user", U, span(0), home(4))
    assert standing.find(span(0), U) is None
    assert standing.find(span(0), U, D) == ("free", "device")


def test_same_value_of_another_kind_is_something_else() -> None:
    standing = Standing()
    standing.put("a", U, span(0), home(1))
    assert standing.find(span(0), D) is None
    assert standing.correlator.find([key(U, "y")], span(0)) is None
