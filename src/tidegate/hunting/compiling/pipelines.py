"""Where rows come from, and what each operator makes of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tidegate.hunting.compiling.bounds import find_window
from tidegate.hunting.compiling.context import Context
from tidegate.hunting.compiling.expressions import Expressions
from tidegate.hunting.compiling.joining import join, unite
from tidegate.hunting.compiling.naming import name_columns
from tidegate.hunting.compiling.relations import (
    Column,
    Order,
    Relation,
    add_columns,
    keep_rows,
    order_by,
    project,
    suggest,
)
from tidegate.hunting.compiling.statements import Select
from tidegate.hunting.compiling.summarizing import summarize
from tidegate.hunting.compiling.terms import Term
from tidegate.hunting.errors import Place, QueryError, quote
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import (
    Array,
    Count,
    Distinct,
    Drop,
    Extend,
    Join,
    Let,
    Name,
    Named,
    Operator,
    Pipeline,
    Print,
    Project,
    Rename,
    Sort,
    SortKey,
    Summarize,
    Take,
    Top,
    Union,
    Where,
)

MOST_TAKEN: Final = 1_000_000


def compile_let(context: Context, let: Let) -> None:
    """Give a value or a query its name. Raises QueryError."""
    value = let.value
    is_table = isinstance(value, Name) and (value.name in context.tables or value.name in context.queries)
    if isinstance(value, Pipeline) or is_table:
        pipeline = value if isinstance(value, Pipeline) else Pipeline(value, at=value.at)  # type: ignore[arg-type]
        context.queries[let.name] = compile_pipeline(context, pipeline)
        context.values.pop(let.name, None)
        return
    context.values[let.name] = value if isinstance(value, Array) else Expressions(context).compile(value)
    context.queries.pop(let.name, None)


def compile_pipeline(context: Context, pipeline: Pipeline) -> Relation:
    """The rows that a query gives. Raises QueryError."""
    rows = _compile_source(context, pipeline)
    for operator in pipeline.operators:
        rows = _apply(context, rows, operator)
    return rows


def _compile_source(context: Context, pipeline: Pipeline) -> Relation:
    source = pipeline.source
    match source:
        case Pipeline():
            return compile_pipeline(context, source)
        case Union():
            return unite(context, None, source, [compile_pipeline(context, each) for each in source.others])
        case Print():
            items = name_columns(Expressions(context), source.items, prefix="print_")
            return project(context.statement, Relation("", ()), items)
        case Name():
            return _open(context, source, pipeline.operators)


def _open(context: Context, name: Name, operators: Sequence[Operator]) -> Relation:
    if name.name in context.queries:
        return context.queries[name.name]
    if name.name in context.tables:
        window = find_window(context, operators)
        return context.open_table(name.name, window, context.statement)
    hint = suggest(name.name, [*context.tables, *context.queries])
    raise QueryError(f"There is no table {quote(name.name)}{hint}", name.at)


def _apply(context: Context, rows: Relation, operator: Operator) -> Relation:  # noqa: C901, PLR0911, PLR0912  one for each operator
    expressions = Expressions(context, rows)
    match operator:
        case Where():
            condition = expressions.condition(operator.condition)
            return keep_rows(context.statement, rows, Sql.join("", [Sql("WHERE "), condition.sql]))
        case Project():
            items = name_columns(expressions, operator.items)
            return project(context.statement, rows, _with_tenant(context, rows, items, operator.items))
        case Extend():
            return _extend(context, rows, operator)
        case Drop():
            return _drop(rows, operator)
        case Rename():
            return _rename(rows, operator)
        case Summarize():
            return summarize(context, rows, operator)
        case Distinct():
            return _distinct(context, rows, operator)
        case Sort():
            return _sort(context, rows, operator.keys)
        case Top():
            number = expressions.number(operator.number, MOST_TAKEN)
            return _take(context, _sort(context, rows, operator.keys), number)
        case Take():
            return _take(context, rows, expressions.number(operator.number, MOST_TAKEN))
        case Count():
            return _count(context, rows)
        case Join():
            return join(context, rows, operator, compile_pipeline(context, operator.other))
        case Union():
            others = [compile_pipeline(context, each) for each in operator.others]
            return unite(context, rows, operator, others)


def _with_tenant(
    context: Context, rows: Relation, items: list[tuple[str, Term]], written: Sequence[Named]
) -> list[tuple[str, Term]]:
    """The columns, and whose the row is, where that is kept. Raises QueryError where it was overwritten."""
    tenant = rows.tenant_column
    if not context.keeps_tenant or tenant is None:
        return items
    for named, (name, term) in zip(written, items, strict=True):
        if name == tenant.name and term != tenant.term:
            reason = f"{tenant.name} says whose a row is, and stays as it is over several tenants."
            raise QueryError(reason, named.at)
    is_there = any(name == tenant.name for name, _ in items)
    return items if is_there else [*items, (tenant.name, tenant.term)]


def _extend(context: Context, rows: Relation, operator: Extend) -> Relation:
    """Each column may use those before it: they are made one after the other."""
    for item in operator.items:
        [(name, term)] = name_columns(Expressions(context, rows), [item], taken=rows.names)
        made = _with_tenant(context, rows, [(name, term)], [item])[0]
        kept = [(column.name, column.term) for column in rows.columns if column.name != made[0]]
        rows = project(context.statement, rows, [*kept, made])
    return rows


def _drop(rows: Relation, operator: Drop) -> Relation:
    patterns = [pattern for pattern in operator.patterns if pattern.name.endswith("*")]
    named = {rows.find(name.name, name.at).name for name in operator.patterns if name not in patterns}
    for pattern in patterns:
        prefix = pattern.name[:-1]
        named |= {name for name in rows.names if name.startswith(prefix)}
    kept = [
        column
        for column in rows.columns
        if (column.name in named) is operator.is_keep or (rows.tenant and column.name == rows.tenant)
    ]
    if not kept:
        raise QueryError("No column would be left.", operator.at)
    return replace(rows, columns=tuple(kept))


def _rename(rows: Relation, operator: Rename) -> Relation:
    new_names = {rows.find(old.name, old.at).name: new for new, old in operator.items}
    if rows.tenant in new_names:
        raise QueryError(f"{rows.tenant} keeps its name over several tenants.", operator.at)
    columns = tuple(replace(column, name=new_names.get(column.name, column.name)) for column in rows.columns)
    if len({column.name for column in columns}) < len(columns):
        raise QueryError("Two columns would have the same name.", operator.at)
    return replace(rows, columns=columns)


def _distinct(context: Context, rows: Relation, operator: Distinct) -> Relation:
    found = [rows.find(name.name, name.at) for name in operator.columns] or list(rows.columns)
    tenant = rows.tenant_column
    if tenant and tenant not in found:
        found.append(tenant)
    unordered = replace(rows, order=())
    items = [(column.name, column.term) for column in dict.fromkeys(found)]
    return project(context.statement, unordered, items, is_distinct=True)


def _sort(context: Context, rows: Relation, keys: Sequence[SortKey]) -> Relation:
    """The keys become columns that the query does not see, so that rows stay in order whatever comes."""
    expressions = Expressions(context, rows)
    terms = [_sortable(expressions.compile(key.expression), key.expression.at) for key in keys]
    idents = [context.statement.name("o") for _ in keys]
    order = tuple(
        Order(ident, key.is_descending, key.nulls_first, term.kind is Kind.STRING)
        for ident, key, term in zip(idents, keys, terms, strict=True)
    )
    outputs = [(ident, term.sql) for ident, term in zip(idents, terms, strict=True)]
    return replace(add_columns(context.statement, rows, outputs), order=order)


def _sortable(term: Term, at: Place) -> Term:
    if term.kind is Kind.DYNAMIC:
        raise QueryError("Rows cannot be sorted by a dynamic value; write tostring(...) around it.", at)
    return term


def _take(context: Context, rows: Relation, number: int) -> Relation:
    ordering = order_by(rows, context.terms.engine.templates["collate"])
    return keep_rows(context.statement, rows, Sql(f"{ordering.text} LIMIT {number:d}"))


def _count(context: Context, rows: Relation) -> Relation:
    tenant = rows.tenant_column
    counted = Column("Count", Kind.LONG, context.statement.name("c"))
    outputs = [(counted.ident, Sql("count(*)"))]
    if tenant is None:
        select = Select(tuple(outputs), Sql(f"FROM {rows.source}"), keeps_all=True)
        return Relation(context.statement.add(select), (counted,))
    whose = replace(tenant, ident=context.statement.name("c"))
    outputs.append((whose.ident, Sql(tenant.ident)))
    select = Select(tuple(outputs), Sql(f"FROM {rows.source} GROUP BY {tenant.ident}"))
    return Relation(context.statement.add(select), (counted, whose), (), rows.tenant)
