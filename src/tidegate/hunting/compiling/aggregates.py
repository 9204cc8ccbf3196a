"""The aggregates of `summarize`, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tidegate.hunting.compiling.terms import Term, Terms
from tidegate.hunting.errors import Place, QueryError
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind

type Build = Callable[["Group"], Term]

MOST_IN_LIST: Final = 10_000
_MEASURED: Final = frozenset({Kind.LONG, Kind.REAL, Kind.TIMESPAN})
_ORDERED: Final = _MEASURED | {Kind.DATETIME, Kind.STRING}


@dataclass(frozen=True, slots=True)
class Group:
    """What an aggregate is given: operands over the rows of a group, those that a condition leaves."""

    terms: Terms
    operands: list[Term]
    at: Place

    def operand(self, kinds: frozenset[Kind] = frozenset(Kind)) -> Term:
        """What is aggregated, of one of these types. Raises QueryError."""
        found = self.operands[0]
        if found.kind not in kinds:
            raise QueryError(f"This aggregate does not take a {found.kind}.", self.at)
        return found


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate, how many operands it takes, what its column begins with, and how it is written."""

    least: int
    most: int
    build: Build
    prefix: str
    form: str


def _count(group: Group) -> Term:
    return Term(Kind.LONG, Sql("count(*)"))


def _count_if(group: Group) -> Term:
    return group.terms.make(
        "count(CASE WHEN {0} THEN 1 END)", Kind.LONG, group.operand(_BOOL), nullable=False
    )


def _count_distinct(group: Group) -> Term:
    return group.terms.make("count(DISTINCT {0})", Kind.LONG, group.operand(), nullable=False)


def _sum(group: Group) -> Term:
    operand = group.operand(_MEASURED)
    template = "sum_real" if operand.kind is Kind.REAL else "sum_long"
    return group.terms.apply(template, operand.kind, operand, nullable=False)


def _average(group: Group) -> Term:
    operand = group.operand(_MEASURED | {Kind.DATETIME})
    if operand.kind in {Kind.LONG, Kind.REAL}:
        return group.terms.apply("avg", Kind.REAL, operand, nullable=True)
    mean = group.terms.apply("avg", Kind.REAL, operand, nullable=True)
    return group.terms.apply("real_to_long", operand.kind, mean, nullable=True)


def _extreme(word: str) -> Build:
    def build(group: Group) -> Term:
        return _pick(group.terms, word, group.operand(_ORDERED))

    return build


def _take_any(group: Group) -> Term:
    return pick_any(group.terms, group.operand())


def pick_any(terms: Terms, operand: Term) -> Term:
    """The only value of a group that is not null, or any of several."""
    if operand.kind is Kind.BOOL:
        number = terms.apply("bool_to_long", Kind.LONG, operand)
        return terms.make("(min({0}) = 1)", Kind.BOOL, number, nullable=True)
    return _pick(terms, "min", operand)


def _pick(terms: Terms, word: str, operand: Term) -> Term:
    if operand.kind is Kind.STRING:
        text = terms.apply("collate", Kind.STRING, operand)
        return terms.make(f"coalesce({word}({{0}}), '')", Kind.STRING, text, nullable=False)
    return terms.make(f"{word}({{0}})", operand.kind, operand, nullable=True)


def _gather(template: str) -> Build:
    def build(group: Group) -> Term:
        operand = group.operand(frozenset(Kind) - {Kind.BOOL})
        if operand.kind not in {Kind.LONG, Kind.REAL}:
            text = group.terms.as_text(operand)
            operand = group.terms.apply("collate", Kind.STRING, text)
        most = group.operands[1].constant if len(group.operands) > 1 else MOST_IN_LIST
        if not isinstance(most, int) or not 0 < most <= MOST_IN_LIST:
            raise QueryError(f"A list has from 1 to {MOST_IN_LIST:,} values.", group.at)
        size = Term(Kind.LONG, Sql(f"{most:d}"))
        return group.terms.apply(template, Kind.DYNAMIC, operand, size, nullable=False)

    return build


def _percentile(group: Group) -> Term:
    share = group.operands[1].constant
    if not isinstance(share, int | float) or not 0 <= share <= 100:
        raise QueryError("A percentile is a number from 0 to 100.", group.at)
    operand = group.operand(_MEASURED | {Kind.DATETIME})
    part = group.terms.constant(Kind.REAL, share / 100)
    return group.terms.apply("percentile", operand.kind, operand, part, nullable=True)


def _where(build: Build) -> Build:
    """The same of those rows for which the last operand is true."""

    def filtered(group: Group) -> Term:
        *operands, condition = group.operands
        if condition.kind is not Kind.BOOL:
            raise QueryError("The last operand is a condition.", group.at)
        left = group.terms.make("(CASE WHEN {1} THEN {0} END)", operands[0].kind, operands[0], condition)
        return build(Group(group.terms, [Term(left.kind, left.sql, nullable=True), *operands[1:]], group.at))

    return filtered


_BOOL: Final = frozenset({Kind.BOOL})
_set, _list = _gather("make_set"), _gather("make_list")
_min, _max = _extreme("min"), _extreme("max")

_TABLE: Final[tuple[tuple[str, int, int, Build, str, str], ...]] = (
    ("count", 0, 0, _count, "count_", "count()"),
    ("countif", 1, 1, _count_if, "countif_", "countif(condition)"),
    ("dcount", 1, 2, _count_distinct, "dcount_", "dcount(value)"),
    ("dcountif", 2, 2, _where(_count_distinct), "dcountif_", "dcountif(value, condition)"),
    ("count_distinct", 1, 1, _count_distinct, "count_distinct_", "count_distinct(value)"),
    ("sum", 1, 1, _sum, "sum_", "sum(number)"),
    ("sumif", 2, 2, _where(_sum), "sumif_", "sumif(number, condition)"),
    ("avg", 1, 1, _average, "avg_", "avg(number)"),
    ("avgif", 2, 2, _where(_average), "avgif_", "avgif(number, condition)"),
    ("min", 1, 1, _min, "min_", "min(value)"),
    ("minif", 2, 2, _where(_min), "minif_", "minif(value, condition)"),
    ("max", 1, 1, _max, "max_", "max(value)"),
    ("maxif", 2, 2, _where(_max), "maxif_", "maxif(value, condition)"),
    ("percentile", 2, 2, _percentile, "percentile_", "percentile(number, 90)"),
    ("make_set", 1, 2, _set, "set_", "make_set(value, most)"),
    ("make_set_if", 2, 2, _where(_set), "set_", "make_set_if(value, condition)"),
    ("make_list", 1, 2, _list, "list_", "make_list(value, most)"),
    ("take_any", 1, 1, _take_any, "", "take_any(value)"),
    ("any", 1, 1, _take_any, "any_", "any(value)"),
)

AGGREGATES: Final = MappingProxyType(
    {name: Aggregate(least, most, build, prefix, form) for name, least, most, build, prefix, form in _TABLE}
)
"""Every aggregate by its name, but for `arg_max` and `arg_min`, which make several columns."""
