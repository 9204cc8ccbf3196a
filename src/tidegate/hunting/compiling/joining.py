"""`join` and `union`: rows of two queries or more. Where rows keep their tenant, only those of one meet."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tidegate.hunting.compiling.context import Context
from tidegate.hunting.compiling.naming import free_name
from tidegate.hunting.compiling.relations import Column, Relation
from tidegate.hunting.compiling.terms import Term
from tidegate.hunting.errors import Place, QueryError, quote
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import Join, Name, Pipeline, Union

type _Pair = tuple[Column, Column]

_KEEPS_LEFT: Final = {"leftsemi": "EXISTS", "leftanti": "NOT EXISTS"}


def join(context: Context, left: Relation, operator: Join, right: Relation) -> Relation:
    """Rows beside rows. Raises QueryError for keys that cannot be compared."""
    right = _rename_all(context, right)
    pairs = [
        (left.find(key.left.name, key.left.at), right.find(key.right.name, key.right.at))
        for key in operator.keys
    ]
    equal = [_equal(context, pair, key.at) for pair, key in zip(pairs, operator.keys, strict=True)]
    own, theirs = left.tenant_column, right.tenant_column
    if own and theirs:
        equal.append(Sql(f"{own.ident} = {theirs.ident}"))
        pairs.append((own, theirs))
    on = Sql.join(" AND ", equal)
    if word := _KEEPS_LEFT.get(operator.kind):
        tail = Sql.join("", [Sql(f"WHERE {word} (SELECT 1 FROM {right.source} WHERE "), on, Sql(")")])
        return context.statement.keep(left, tail)
    if operator.kind == "innerunique":
        left = _once(context, left, pairs)
    is_outer = operator.kind == "leftouter"
    verb = "LEFT JOIN" if is_outer else "JOIN"
    select = Sql.join("", [Sql(f"SELECT * FROM {left.source} {verb} {right.source} ON "), on])
    joined = Relation(context.statement.add(select), _beside(left, right, is_outer=is_outer))
    joined = replace(joined, tenant=_tenant_of(left, right, joined, is_outer=is_outer))
    return _without_null_texts(context, joined, right) if is_outer else joined


def unite(context: Context, first: Relation | None, operator: Union, others: Sequence[Relation]) -> Relation:
    """Rows after rows, by the names of their columns. Raises QueryError where types do not agree."""
    parts = [*([first] if first else []), *others]
    labels = [*(["union_arg0"] if first else []), *map(_label, operator.others)]
    columns = _common(context, parts, operator)
    selects = []
    for part, label in zip(parts, labels, strict=True):
        terms = [_term_of(context, part, column) for column in columns]
        if operator.source_name:
            terms.insert(0, context.terms.constant(Kind.STRING, label))
        outputs = [term.sql for term in terms]
        selects.append(Sql.join("", [Sql("SELECT "), Sql.join(", ", outputs), Sql(f" FROM {part.source}")]))
    if operator.source_name:
        source_column = Column(operator.source_name, Kind.STRING, context.statement.name("c"))
        columns = (source_column, *columns)
    head = f"({', '.join(column.ident for column in columns)})"
    source = context.statement.add(Sql.join(" UNION ALL ", selects), head)
    keeps = all(part.tenant for part in parts)
    return Relation(source, columns, (), parts[0].tenant if keeps else "")


def _rename_all(context: Context, rows: Relation) -> Relation:
    """The same rows under other names in SQL: a query may be joined with itself."""
    unordered = replace(rows, order=())
    return context.statement.project(unordered, [(column.name, column.term) for column in rows.columns])


def _equal(context: Context, pair: _Pair, at: Place) -> Sql:
    left, right = context.terms.unify([column.term for column in pair], at)
    if left.kind is Kind.DYNAMIC:
        raise QueryError("Rows cannot be joined by a dynamic value.", at)
    return Sql.join("", [left.sql, Sql(" = "), right.sql])


def _once(context: Context, rows: Relation, pairs: Sequence[_Pair]) -> Relation:
    """One row for each value of the keys."""
    rank = context.statement.name("r")
    keys = ", ".join(left.ident for left, _ in pairs)
    numbered = (
        f"SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY {keys}) AS {rank} FROM {rows.source}"
    )
    source = context.statement.add(Sql(numbered))
    return context.statement.keep(replace(rows, source=source), Sql(f"WHERE {rank} = 1"))


def _beside(left: Relation, right: Relation, *, is_outer: bool) -> tuple[Column, ...]:
    columns = list(left.columns)
    for column in right.columns:
        name = free_name(column.name, [each.name for each in columns])
        columns.append(replace(column, name=name, nullable=column.nullable or is_outer))
    return tuple(columns)


def _tenant_of(left: Relation, right: Relation, joined: Relation, *, is_outer: bool) -> str:
    """The name of the column that says whose the joined row is: the left one's, or else the right one's."""
    if left.tenant or is_outer:
        return left.tenant
    theirs = right.tenant_column
    return next((each.name for each in joined.columns if theirs and each.ident == theirs.ident), "")


def _without_null_texts(context: Context, joined: Relation, right: Relation) -> Relation:
    """Where nothing was joined, the texts are empty: a text is never null."""
    idents = {column.ident for column in right.columns}
    items: list[tuple[str, Term]] = []
    for column in joined.columns:
        term = column.term
        if column.ident in idents and column.kind is Kind.STRING:
            term = context.terms.make("coalesce({0}, '')", Kind.STRING, term, nullable=False)
        items.append((column.name, term))
    return context.statement.project(joined, items)


def _label(pipeline: Pipeline) -> str:
    return pipeline.source.name if isinstance(pipeline.source, Name) else "query"


def _common(context: Context, parts: Sequence[Relation], operator: Union) -> tuple[Column, ...]:
    found: dict[str, Column] = {}
    for part in parts:
        for column in part.columns:
            known = found.setdefault(column.name, replace(column, ident=context.statement.name("c")))
            if known.kind is not column.kind:
                raise QueryError(
                    f"Column {quote(column.name)} is a {known.kind} and a {column.kind}.", operator.at
                )
            is_everywhere = all(column.name in each.names for each in parts)
            nullable = known.nullable or column.nullable or not is_everywhere
            found[column.name] = replace(known, nullable=nullable and column.kind is not Kind.STRING)
    if operator.kind == "inner":
        found = {name: column for name, column in found.items() if all(name in part.names for part in parts)}
    if not found or operator.source_name in found:
        raise QueryError("No column would be left, or two of the same name.", operator.at)
    return tuple(found.values())


def _term_of(context: Context, part: Relation, column: Column) -> Term:
    own = next((each for each in part.columns if each.name == column.name), None)
    if own:
        return own.term
    return context.terms.constant(column.kind, "" if column.kind is Kind.STRING else None)
