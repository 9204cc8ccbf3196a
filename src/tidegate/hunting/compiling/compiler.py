"""A query compiled whole: one statement, and what its columns are."""

from dataclasses import dataclass

from tidegate.hunting.compiling.context import Context
from tidegate.hunting.compiling.pipelines import compile_let, compile_pipeline
from tidegate.hunting.compiling.relations import Column, order_by
from tidegate.hunting.fragments import Sql
from tidegate.hunting.language.tree import Query


@dataclass(frozen=True, slots=True)
class Compiled:
    """One statement that reads, its columns in order, and which chart the query asks for."""

    sql: Sql
    columns: tuple[Column, ...]
    chart: str


def compile_query(context: Context, query: Query, most_rows: int) -> Compiled:
    """The statement of a query, with one row more than there may be. Raises QueryError, QueryTooCostly."""
    for let in query.lets:
        compile_let(context, let)
    rows = compile_pipeline(context, query.body)
    idents = ", ".join(column.ident for column in rows.columns)
    ordering = order_by(rows, context.terms.engine.templates["collate"])
    select = Sql(f"SELECT {idents} FROM {rows.source} {ordering.text} LIMIT {most_rows + 1:d}")
    chart = query.render.chart if query.render else ""
    return Compiled(context.statement.finish(select), rows.columns, chart)
