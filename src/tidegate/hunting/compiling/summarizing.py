"""`summarize`: keys become columns first, then one row is made of each group."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from tidegate.hunting.compiling.aggregates import AGGREGATES, Group, pick_any
from tidegate.hunting.compiling.context import Context
from tidegate.hunting.compiling.expressions import Expressions
from tidegate.hunting.compiling.naming import free_name, name_columns, name_of
from tidegate.hunting.compiling.relations import Column, Relation, add_columns
from tidegate.hunting.compiling.statements import Select
from tidegate.hunting.compiling.terms import Term
from tidegate.hunting.errors import Place, QueryError, quote
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import (
    Between,
    Binary,
    Call,
    Expression,
    Logical,
    Membership,
    Name,
    Named,
    Negative,
    Path,
    Star,
    Summarize,
)

_ARG: Final = {"arg_max": "DESC", "arg_min": "ASC"}


@dataclass(slots=True)
class _Grouping:
    """Rows with their keys, and what is made of each group so far."""

    context: Context
    rows: Relation
    keys: tuple[Column, ...]
    made: list[tuple[str, Term]]

    def taken(self) -> set[str]:
        """The names that columns of the result have already."""
        return {name for name, _ in self.made} | {key.name for key in self.keys}

    def add(self, name: str, term: Term, at: Place, *, is_written: bool) -> None:
        """A column of the result. Raises QueryError where its name, as written, is taken."""
        if is_written and name in self.taken():
            raise QueryError(f"There are two columns {quote(name)}.", at)
        self.made.append((free_name(name, self.taken()), term))


def summarize(context: Context, rows: Relation, operator: Summarize) -> Relation:
    """One row for each value of the keys; of each tenant, unless the query aggregates whose rows they are."""
    is_over_tenants = bool(rows.tenant) and any(
        name == rows.tenant for item in operator.aggregates for name in names_in(item.expression)
    )
    grouping = _make_keys(context, rows, operator, adds_tenant=bool(rows.tenant) and not is_over_tenants)
    for item in operator.aggregates:
        if isinstance(item.expression, Call) and item.expression.function in _ARG:
            _add_extreme_row(grouping, item.expression)
        else:
            _add_aggregate(grouping, item)
    return _group(grouping, "" if is_over_tenants else rows.tenant)


def names_in(expression: Expression) -> Iterator[str]:
    """Every name that an expression reads."""
    match expression:
        case Name():
            yield expression.name
        case Path(whole=inner) | Negative(operand=inner):
            yield from names_in(inner)
        case Binary(left=left, right=right):
            yield from (*names_in(left), *names_in(right))
        case Between(operand=operand, low=low, high=high):
            yield from (*names_in(operand), *names_in(low), *names_in(high))
        case Call(arguments=parts) | Logical(parts=parts):
            for part in parts:
                yield from names_in(part)
        case Membership(operand=operand, values=values):
            yield from names_in(operand)
            for value in values if isinstance(values, tuple) else ():
                yield from names_in(value)
        case _:
            return


def _make_keys(context: Context, rows: Relation, operator: Summarize, *, adds_tenant: bool) -> _Grouping:
    items = name_columns(Expressions(context, rows), operator.keys)
    tenant = rows.tenant_column
    if adds_tenant and tenant and all(name != tenant.name for name, _ in items):
        items.append((tenant.name, tenant.term))
    keys = tuple(Column(name, term.kind, context.statement.name("c"), term.nullable) for name, term in items)
    outputs = [(key.ident, term.sql) for key, (_, term) in zip(keys, items, strict=True)]
    return _Grouping(context, add_columns(context.statement, rows, outputs), keys, [])


def _add_aggregate(grouping: _Grouping, item: Named) -> None:
    term = _Aggregating(grouping.context, grouping.rows).compile(item.expression)
    grouping.add(item.name or _name(item.expression), term, item.at, is_written=bool(item.name))


def _name(expression: Expression) -> str:
    if not isinstance(expression, Call) or expression.function not in AGGREGATES:
        return "Column1"
    inner = name_of(expression.arguments[0]) if expression.arguments else ""
    tail = f"_{expression.arguments[1].value}" if _is_percentile(expression) else ""  # type: ignore[union-attr]
    return f"{AGGREGATES[expression.function].prefix}{inner}{tail}" or "Column1"


def _is_percentile(call: Call) -> bool:
    return call.function == "percentile" and len(call.arguments) == 2 and hasattr(call.arguments[1], "value")


class _Aggregating(Expressions):
    """Expressions of a group: aggregates over its rows, and what is calculated from them."""

    def call(self, call: Call) -> Term:
        """An aggregate, or a function of aggregates. Raises QueryError."""
        aggregate = AGGREGATES.get(call.function)
        if aggregate is None:
            if call.function in _ARG:
                raise QueryError(f"{call.function} stands alone, not within an expression.", call.at)
            return super().call(call)
        if not aggregate.least <= len(call.arguments) <= aggregate.most:
            raise QueryError(f"It is written {aggregate.form}.", call.at)
        of_row = Expressions(self.context, self.rows)
        operands = [of_row.compile(argument) for argument in call.arguments]
        return aggregate.build(Group(self.terms, operands, call.at))

    def _look_up(self, name: Name) -> Term:
        if name.name in self.rows.names:
            reason = f"{quote(name.name)} differs within a group: aggregate it, or put it after by."
            raise QueryError(reason, name.at)
        return super()._look_up(name)


def _add_extreme_row(grouping: _Grouping, call: Call) -> None:
    """`arg_max(Timestamp, *)`: columns of the row in which something is largest."""
    if len(call.arguments) < 2:
        raise QueryError(
            f"It is written {call.function}(value, column, ...) or {call.function}(value, *).", call.at
        )
    context, rows = grouping.context, grouping.rows
    measured = Expressions(context, rows).compile(call.arguments[0])
    if measured.kind in {Kind.DYNAMIC, Kind.BOOL}:
        raise QueryError(f"Values of type {measured.kind} have no order.", call.at)
    if measured.kind is Kind.STRING:
        measured = context.terms.apply("collate", Kind.STRING, measured)
    rank = _add_rank(grouping, measured, _ARG[call.function])
    items = list(_columns_of(grouping, call))
    for name, term in items:
        first = context.terms.make(f"(CASE WHEN {rank} = 1 THEN {{0}} END)", term.kind, term)
        grouping.add(name, pick_any(context.terms, first), call.at, is_written=False)


def _add_rank(grouping: _Grouping, measured: Term, direction: str) -> str:
    """Number the rows of each group; gives the column of the numbers."""
    rank = grouping.context.statement.name("r")
    keys = ", ".join(key.ident for key in grouping.keys)
    head = Sql(f"row_number() OVER ({'PARTITION BY ' + keys if keys else ''} ORDER BY ")
    number = Sql.join("", [head, measured.sql, Sql(f" {direction} NULLS LAST)")])
    grouping.rows = add_columns(grouping.context.statement, grouping.rows, [(rank, number)])
    return rank


def _columns_of(grouping: _Grouping, call: Call) -> Iterator[tuple[str, Term]]:
    """The columns that are given: what is measured, and those named, or all but the keys."""
    of_row = Expressions(grouping.context, grouping.rows)
    measured = name_of(call.arguments[0]) or "max_"
    yield measured, of_row.compile(call.arguments[0])
    given = {measured} | {key.name for key in grouping.keys}
    for argument in call.arguments[1:]:
        if isinstance(argument, Star):
            yield from ((each.name, each.term) for each in grouping.rows.columns if each.name not in given)
        else:
            [(name, term)] = name_columns(of_row, [Named("", argument, at=argument.at)])
            yield name, term


def _group(grouping: _Grouping, tenant: str) -> Relation:
    statement = grouping.context.statement
    keys = [replace(key, ident=statement.name("c")) for key in grouping.keys]
    columns = [Column(name, term.kind, statement.name("c"), term.nullable) for name, term in grouping.made]
    outputs = [(new.ident, Sql(old.ident)) for new, old in zip(keys, grouping.keys, strict=True)]
    outputs += [(column.ident, term.sql) for column, (_, term) in zip(columns, grouping.made, strict=True)]
    by = ", ".join(key.ident for key in grouping.keys)
    tail = f" GROUP BY {by}" if by else ""
    # Without keys it is the aggregates that make one row of all.
    select = Select(tuple(outputs), Sql(f"FROM {grouping.rows.source}{tail}"), keeps_all=not by)
    return Relation(statement.add(select), (*keys, *columns), (), tenant)
