"""`join` and `union`: rows of two queries or more. Where rows keep their tenant, only those of one meet."""

from collections.abc import Sequence
from dataclasses import replace

from tidegate.hunting.compiling.context import Context
from tidegate.hunting.compiling.naming import free_name
from tidegate.hunting.compiling.relations import Column, Relation, add_columns, keep_rows, project
from tidegate.hunting.compiling.statements import Select, UnionAll
from tidegate.hunting.compiling.terms import Term
from tidegate.hunting.errors import Place, QueryError, quote
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import Join, Name, Pipeline, Union

type _Pair = tuple[Column, Column]


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
        equal.append((Sql(own.ident), Sql(theirs.ident)))
        pairs.append((own, theirs))
    if operator.kind in {"leftsemi", "leftanti"}:
        return _keep_left(context, left, right, equal, is_anti=operator.kind == "leftanti")
    if operator.kind == "innerunique":
        left = _once(context, left, pairs)
    is_outer = operator.kind == "leftouter"
    verb = "LEFT JOIN" if is_outer else context.terms.engine.inner_join
    on = Sql.join(" AND ", [Sql.join(" = ", pair) for pair in equal])
    rest = Sql.join("", [Sql(f"FROM {left.source} {verb} {right.source} ON "), on])
    source = context.statement.add(Select((), rest, passes_all=True))
    joined = Relation(source, _beside(left, right, is_outer=is_outer))
    joined = replace(joined, tenant=_tenant_of(left, right, joined, is_outer=is_outer))
    return _without_null_texts(context, joined, right) if is_outer else joined


def unite(context: Context, first: Relation | None, operator: Union, others: Sequence[Relation]) -> Relation:
    """Rows after rows, by the names of their columns. Raises QueryError where types do not agree."""
    parts = [*([first] if first else []), *others]
    labels = [*(["union_arg0"] if first else []), *map(_label, operator.others)]
    columns = _common(context, parts, operator)
    branches = []
    for part, label in zip(parts, labels, strict=True):
        terms = [_term_of(context, part, column).sql for column in columns]
        if operator.source_name:
            terms.insert(0, context.terms.constant(Kind.STRING, label).sql)
        branches.append((tuple(terms), part.source))
    if operator.source_name:
        columns = (Column(operator.source_name, Kind.STRING, context.statement.name("c")), *columns)
    union = UnionAll(tuple(column.ident for column in columns), tuple(branches))
    keeps = all(part.tenant for part in parts)
    return Relation(context.statement.add(union), columns, (), parts[0].tenant if keeps else "")


def _rename_all(context: Context, rows: Relation) -> Relation:
    """The same rows under other names in SQL: a query may be joined with itself. They are worked out once."""
    unordered = replace(rows, order=())
    items = [(column.name, column.term) for column in rows.columns]
    renamed = project(context.statement, unordered, items)
    context.statement.store(renamed.source)
    return renamed


def _equal(context: Context, pair: _Pair, at: Place) -> tuple[Sql, Sql]:
    left, right = context.terms.unify([column.term for column in pair], at)
    if left.kind is Kind.DYNAMIC:
        raise QueryError("Rows cannot be joined by a dynamic value.", at)
    return left.sql, right.sql


def _keep_left(
    context: Context, left: Relation, right: Relation, equal: Sequence[tuple[Sql, Sql]], *, is_anti: bool
) -> Relation:
    """Rows that have a partner, or none. A null has none."""
    lefts, rights = (Sql.join(", ", side) for side in zip(*equal, strict=True))
    known = Sql.join(" AND ", [Sql.join("", [right_key, Sql(" IS NOT NULL")]) for _, right_key in equal])
    found = [
        Sql("coalesce(("), lefts, Sql(") IN (SELECT "), rights, Sql(f" FROM {right.source} WHERE "), known,
        Sql("), FALSE)"),
    ]  # fmt: skip
    return keep_rows(
        context.statement, left, Sql.join("", [Sql("WHERE NOT " if is_anti else "WHERE "), *found])
    )


def _once(context: Context, rows: Relation, pairs: Sequence[_Pair]) -> Relation:
    """One row for each value of the keys."""
    rank = context.statement.name("r")
    keys = ", ".join(left.ident for left, _ in pairs)
    number = Sql(f"row_number() OVER (PARTITION BY {keys} ORDER BY {keys})")
    numbered = add_columns(context.statement, rows, [(rank, number)])
    return keep_rows(context.statement, numbered, Sql(f"WHERE {rank} = 1"))


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
    return project(context.statement, joined, items)


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
