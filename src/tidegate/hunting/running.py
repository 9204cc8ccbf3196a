"""One run: a query is compiled over a scope and its rows are read, within limits of time, rows and bytes."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import DataError, connection

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core import clock
from tidegate.hunting.answers import Answer, read_rows
from tidegate.hunting.compiling.compiler import Compiled, compile_query
from tidegate.hunting.compiling.context import Context
from tidegate.hunting.compiling.pipelines import compile_pipeline
from tidegate.hunting.compiling.terms import Terms
from tidegate.hunting.engines import engine_of
from tidegate.hunting.engines.engine import Engine
from tidegate.hunting.errors import TOO_LONG, QueryTooCostly
from tidegate.hunting.language.literals import micros_of
from tidegate.hunting.language.parser import parse_query
from tidegate.hunting.tables import TABLES
from tidegate.hunting.tables.opening import Opening
from tidegate.hunting.window import Window


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may have. `cuts` says that rows beyond the most are left out, and not refused."""

    rows: int
    megabytes: int
    seconds: float
    cuts: bool = False


PROGRAM: Final = Limits(100_000, 50, 60)
"""For programs: Microsoft's bounds, but for the time, of which theirs have three minutes."""

PAGE: Final = Limits(1_000, 8, 30, cuts=True)
"""For a page, which shows the first rows and says that there are more."""


def run(scope: Scope | ManyScope, query: str, window: Window, limits: Limits) -> Answer:
    """The rows of a query. Asks for no permission: its callers do.

    Raises QueryError for what cannot be read or does not fit, QueryTooCostly beyond a limit.
    """
    engine = engine_of(connection.vendor)
    compiled = compile_for(scope, query, window, engine, limits.rows)
    with (
        engine.reading(limits.seconds) as reader,
        _numbers_that_fit(),
        closing(reader.read(compiled.sql.text, compiled.sql.params)) as found,
    ):
        rows = read_rows(compiled.columns, found, limits.rows, limits.megabytes * 1_000_000)
    is_cut = len(rows) > limits.rows
    if is_cut and not limits.cuts:
        reason = f"The result has more than {limits.rows:,} rows; summarize them, or take fewer."
        raise QueryTooCostly(reason)
    columns = tuple((column.name, column.kind) for column in compiled.columns)
    return Answer(columns, rows[: limits.rows], is_cut, compiled.chart)


def compile_for(
    scope: Scope | ManyScope, query: str, window: Window, engine: Engine, most_rows: int
) -> Compiled:
    """The statement of a query over a scope. Raises QueryError, QueryTooCostly."""
    terms = Terms(engine)
    keeps_tenant = isinstance(scope, ManyScope)
    opening = Opening(scope, terms, keeps_tenant)
    context = Context(
        terms=terms,
        now=micros_of(clock.now()),
        tables=TABLES,
        open_table=opening.open,
        window=window,
        keeps_tenant=keeps_tenant,
        compile_within=compile_pipeline,
    )
    return compile_query(context, parse_query(query), most_rows)


@contextmanager
def _numbers_that_fit() -> Iterator[None]:
    try:
        yield
    except DataError as error:
        # PostgreSQL's word for numbers out of range; of anything else it is the values that are at fault.
        is_range = getattr(error.__cause__, "sqlstate", "") == "22003"
        raise QueryTooCostly(TOO_LONG if is_range else "A value cannot be read so.") from error
