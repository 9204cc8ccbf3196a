"""Expressions of one row: names looked up, types checked, each turned into a term."""

from typing import Final

from tidegate.hunting.compiling.arithmetic import calculate, negate
from tidegate.hunting.compiling.comparing import compare, is_between, is_in, tests_text
from tidegate.hunting.compiling.context import Context
from tidegate.hunting.compiling.functions import Given, find_function
from tidegate.hunting.compiling.relations import Relation, suggest
from tidegate.hunting.compiling.terms import Term, require_kind
from tidegate.hunting.errors import Place, QueryError, quote
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import (
    Array,
    Between,
    Binary,
    Call,
    Expression,
    Literal,
    Logical,
    Membership,
    Name,
    Negative,
    Path,
    Pipeline,
    Star,
)
from tidegate.hunting.language.words import COMPARISONS, TEXT_TESTS

_NOTHING: Final = Relation("", ())


class Expressions:
    """Compiles the expressions of an operator, over the columns of the rows that it is given."""

    def __init__(self, context: Context, rows: Relation = _NOTHING) -> None:
        self.context = context
        self.terms = context.terms
        self.rows = rows

    def compile(self, expression: Expression) -> Term:  # noqa: C901, PLR0911  one for each node
        """A term of any type. Raises QueryError."""
        match expression:
            case Literal():
                return self.terms.constant(expression.kind, expression.value)
            case Name():
                return self._look_up(expression)
            case Path():
                return self._step(expression)
            case Call():
                return self.call(expression)
            case Negative():
                return negate(self.terms, self.compile(expression.operand), expression.at)
            case Binary():
                return self._combine(expression)
            case Logical():
                return self._connect(expression)
            case Membership():
                return self._find_among(expression)
            case Between():
                return self._find_between(expression)
            case Array() | Star():
                raise QueryError("A single value is expected here.", expression.at)

    def condition(self, expression: Expression) -> Term:
        """A term that is true or false. Raises QueryError."""
        return require_kind(self.compile(expression), Kind.BOOL, expression.at)

    def number(self, expression: Expression, most: int) -> int:
        """A whole number that is known now, from 0. Raises QueryError."""
        term = Expressions(self.context).compile(expression)
        value = term.constant
        if term.kind is not Kind.LONG or not isinstance(value, int) or not 0 <= value <= most:
            raise QueryError(f"A whole number up to {most:,} is expected here.", expression.at)
        return value

    def call(self, call: Call) -> Term:
        """A function of the row. Raises QueryError."""
        function = find_function(call)
        operands = [self.compile(argument) for argument in call.arguments]
        return function.build(Given(self.terms, self.context.now, operands, call.at))

    def _look_up(self, name: Name) -> Term:
        if name.name in self.rows.names:
            return self.rows.find(name.name, name.at).term
        value = self.context.values.get(name.name)
        if isinstance(value, Term):
            return value
        if name.name in self.context.queries or name.name in self.context.tables:
            raise QueryError(f"{quote(name.name)} is a table; a single value is expected here.", name.at)
        if isinstance(value, Array):
            raise QueryError(f"{quote(name.name)} is a list; a single value is expected here.", name.at)
        hint = suggest(name.name, [*self.rows.names, *self.context.values])
        if name.name == "null":
            hint = "; write isnull(...), or a null of a type such as datetime(null)."
        raise QueryError(f"There is no column {quote(name.name)} here{hint}", name.at)

    def _step(self, path: Path) -> Term:
        steps: list[str | int] = []
        whole: Expression = path
        while isinstance(whole, Path):
            steps.insert(0, whole.step)
            whole = whole.whole
        term = require_kind(self.compile(whole), Kind.DYNAMIC, path.at)
        place = self.terms.constant(Kind.STRING, self.terms.engine.json_path(steps))
        return self.terms.apply("path", Kind.DYNAMIC, term, place, nullable=True)

    def _combine(self, binary: Binary) -> Term:
        left, right = self.compile(binary.left), self.compile(binary.right)
        if binary.operator in TEXT_TESTS:
            return tests_text(self.terms, binary, left, right)
        if binary.operator in COMPARISONS:
            return compare(self.terms, binary.operator, left, right, binary.at)
        return calculate(self.terms, binary.operator, left, right, binary.at)

    def _connect(self, logical: Logical) -> Term:
        parts = [self.condition(part) for part in logical.parts]
        glue = f" {logical.operator.upper()} "
        whole = Sql.join("", [Sql("("), Sql.join(glue, [part.sql for part in parts]), Sql(")")])
        return Term(Kind.BOOL, whole, any(part.nullable for part in parts))

    def _find_between(self, between: Between) -> Term:
        operand, low, high = map(self.compile, (between.operand, between.low, between.high))
        return is_between(self.terms, between, operand, low, high)

    def _find_among(self, membership: Membership) -> Term:
        operand = self.compile(membership.operand)
        if isinstance(membership.values, Pipeline):
            return self._find_in_query(
                membership, operand, self.context.compile_within(self.context, membership.values)
            )
        first = membership.values[0] if len(membership.values) == 1 else None
        if isinstance(first, Name) and first.name in self.context.queries:
            return self._find_in_query(membership, operand, self.context.queries[first.name])
        items = [term for value in membership.values for term in self._values_of(value)]
        return is_in(self.terms, membership, operand, items)

    def _values_of(self, expression: Expression) -> list[Term]:
        """The terms of a list, or the one of anything else."""
        found = expression
        if isinstance(found, Name) and found.name not in self.rows.names:
            named = self.context.values.get(found.name)
            found = named if isinstance(named, Array) else found
        if isinstance(found, Array):
            return [self.compile(item) for item in found.items]
        return [self.compile(expression)]

    def _find_in_query(self, membership: Membership, operand: Term, rows: Relation) -> Term:
        """Whether another query's first column has the value: of the same tenant, where that is kept."""
        if membership.operator.startswith("has"):
            raise QueryError(f"{membership.operator} takes a list of texts.", membership.at)
        column = next(column for column in rows.columns if column.name != rows.tenant or not self.rows.tenant)
        left, right = self.terms.unify([operand, column.term], membership.at)
        if membership.operator.endswith("~"):
            left, right = self._fold(left, membership.at), self._fold(right, membership.at)
        own, theirs = self.rows.tenant_column, rows.tenant_column
        lefts, rights = [left], [right]
        if own and theirs:
            lefts, rights = [own.term, left], [theirs.term, right]
        inner = Sql.join(", ", [term.sql for term in rights])
        given = [
            Sql("("), Sql.join(", ", [term.sql for term in lefts]), Sql(") IN (SELECT "), inner,
            Sql(f" FROM {rows.source} WHERE {column.ident} IS NOT NULL)"),
        ]  # fmt: skip
        found = Term(Kind.BOOL, Sql.join("", given), operand.nullable)
        template = "coalesce({0}, FALSE)" if operand.nullable else "({0})"
        found = self.terms.make(template, Kind.BOOL, found, nullable=False)
        return self.terms.make("(NOT {0})", Kind.BOOL, found) if membership.operator[0] == "!" else found

    def _fold(self, term: Term, at: Place) -> Term:
        return self.terms.fold(require_kind(term, Kind.STRING, at))
