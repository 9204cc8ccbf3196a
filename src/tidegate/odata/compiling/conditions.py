"""The walk over the tree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import assert_never

from django.db.models import F, Q

from tidegate.odata.compiling.elements import AnyElement, ElementText
from tidegate.odata.compiling.subjects import ALWAYS, NEVER, Subject, member_of, subject_of
from tidegate.odata.compiling.values import read_values
from tidegate.odata.errors import BadQuery, shorten
from tidegate.odata.filter.tree import (
    And,
    Comparison,
    Condition,
    In,
    Lambda,
    Literal,
    Not,
    Null,
    Operator,
    Or,
    Path,
    Truth,
)
from tidegate.odata.resource import Kind, Resource


def compile_filter(condition: Condition, resource: Resource) -> Q:
    """The condition over the resource's columns; never an empty Q. Raises BadQuery."""
    return _compile(condition, _Names(resource))


@dataclass(frozen=True, slots=True)
class _Names:
    """What names mean at a place: the lambdas' variables before the resource's properties."""

    resource: Resource
    variables: Mapping[str, Subject] = field(default_factory=dict)

    def find(self, path: Path, operator: Operator) -> Subject:
        """What the path leads to, if it takes the operator. Raises BadQuery."""
        subject = self.variables.get(str(path)) or self._find_column(path)
        if operator not in subject.declared.supported:
            supported = ", ".join(word for word in Operator if word in subject.declared.supported)
            reason = f"{path} does not take {operator}; it takes {supported}"
            raise BadQuery("$filter", reason, position=path.position)
        return subject

    def bind(self, variable: str) -> tuple["_Names", ElementText]:
        """The names within a lambda, and what its variable stands for."""
        element = ElementText(len(self.variables))
        return _Names(self.resource, {**self.variables, variable: member_of(variable, element)}), element

    def _find_column(self, path: Path) -> Subject:
        declared = self.resource.find(str(path))
        if declared is None:
            known = ", ".join(found.name for found in self.resource.properties) or "nothing"
            reason = f"{self.resource.name} cannot be filtered by {shorten(str(path))}; supported: {known}"
            raise BadQuery("$filter", reason, position=path.position)
        return subject_of(declared)


def _compile(condition: Condition, names: _Names) -> Q:  # noqa: PLR0911  one for each kind of node
    match condition:
        case And(parts):
            return reduce(and_, [_compile(part, names) for part in parts])
        case Or(parts):
            return reduce(or_, [_compile(part, names) for part in parts])
        case Not(part):
            return ~_compile(part, names)
        case Comparison():
            return _compare(condition, names)
        case In(path, values):
            return _is_one_of(names.find(path, Operator.IN), path, values)
        case Truth(path):
            return _is_true(path, names)
        case Lambda():
            return _quantify(condition, names)
        case _:
            assert_never(condition)


def _compare(comparison: Comparison, names: _Names) -> Q:
    path, operator, right = comparison.left, comparison.operator, comparison.right
    subject = names.find(path, operator)
    if operator is Operator.EQ:
        return _is_one_of(subject, path, [right])
    if operator is Operator.NE:
        return ~_is_one_of(subject, path, [right])
    if isinstance(right, Null):
        raise BadQuery("$filter", f"{operator} cannot take null", position=right.position)
    values = read_values(subject.declared, right)
    if len(values) != 1:
        reason = f"{operator} cannot take this word of {path}"
        raise BadQuery("$filter", reason, position=right.position)
    return subject.compares(operator, values[0])


def _is_one_of(subject: Subject, path: Path, literals: Sequence[Literal]) -> Q:
    values: list[object] = []
    for literal in literals:
        # Where the empty text is null on the wire, to ask for one is to ask for the other.
        values += [None] if isinstance(literal, Null) else read_values(subject.declared, literal)
    nulls = [value for value in values if value is None or value in subject.declared.null_as]
    others = [value for value in values if value not in nulls]
    found = subject.equals_any(others, folded=path.fold is not None) if others else NEVER
    return found | subject.is_null() if nulls else found


def _is_true(path: Path, names: _Names) -> Q:
    subject = names.find(path, Operator.EQ)
    if subject.declared.kind is not Kind.BOOLEAN:
        raise BadQuery("$filter", f"{path} is no condition; compare it", position=path.position)
    return subject.equals_any([True], folded=False)


def _quantify(condition: Lambda, names: _Names) -> Q:
    """Section 5.1.1.13. All members meet the body if none does not."""
    subject = names.find(condition.path, condition.quantifier)
    inner, element = names.bind(condition.variable)
    body = _compile(condition.body, inner) if condition.body else ALWAYS
    column = subject.declared.column
    is_all = condition.quantifier is Operator.ALL
    found = Q(AnyElement(F(column), element, ~body if is_all else body)) if column else NEVER
    return ~found if is_all else found
