"""Tokens to a tree, by recursive descent; one method for each level of precedence (section 5.1.1.17).

What it costs is bounded by `cursor`.
"""

from typing import Final

from tidegate.odata.errors import BadQuery, shorten
from tidegate.odata.filter.cursor import Cursor
from tidegate.odata.filter.operands import fold_text, read_literal
from tidegate.odata.filter.tokens import Kind, Token, tokenize
from tidegate.odata.filter.tree import (
    COMPARISONS,
    QUANTIFIERS,
    TEXT_FUNCTIONS,
    And,
    Boolean,
    Comparison,
    Condition,
    Fold,
    In,
    Lambda,
    Literal,
    Not,
    Operator,
    Or,
    Path,
    Text,
    Truth,
)

_MIRRORED: Final = {
    Operator.EQ: Operator.EQ,
    Operator.NE: Operator.NE,
    Operator.GT: Operator.LT,
    Operator.GE: Operator.LE,
    Operator.LT: Operator.GT,
    Operator.LE: Operator.GE,
}
_FUNCTIONS: Final = ", ".join([*TEXT_FUNCTIONS, *Fold])

type _Operand = Path | Literal | Condition


def parse_filter(text: str) -> Condition:
    """The filter as a tree. Raises BadQuery, and nothing else whatever the text."""
    return _Parser(tokenize(text)).parse()


class _Parser(Cursor):
    def parse(self) -> Condition:
        condition = self._parse_or()
        if self.next.kind is not Kind.END:
            self.refuse("expected and, or, or the end")
        return condition

    def _parse_or(self) -> Condition:
        position, parts = self.next.position, [self._parse_and()]
        while self.take_word("or"):
            parts.append(self._parse_and())
        return Or(tuple(parts), position=position) if len(parts) > 1 else parts[0]

    def _parse_and(self) -> Condition:
        position, parts = self.next.position, [self._parse_not()]
        while self.take_word("and"):
            parts.append(self._parse_not())
        return And(tuple(parts), position=position) if len(parts) > 1 else parts[0]

    def _parse_not(self) -> Condition:
        position = self.next.position
        if not self.take_word("not"):
            return self._parse_comparison()
        with self.one_deeper():
            # Strictly `not a eq b` is `(not a) eq b`: meant for booleans alone, and then the same.
            return Not(self._parse_not(), position=position)

    def _parse_comparison(self) -> Condition:
        self.count_part()
        position, left = self.next.position, self._parse_operand()
        operator = self.take_operator()
        if operator is None:
            return self._as_condition(left)
        if operator is Operator.IN:
            return self._parse_list(left, position)
        return self._compare(left, operator, self._parse_operand(), position)

    def _as_condition(self, operand: _Operand) -> Condition:
        if isinstance(operand, Literal) or (isinstance(operand, Path) and operand.fold):
            self.refuse("expected an operator, one of " + ", ".join([*COMPARISONS, Operator.IN]))
        return Truth(operand, position=operand.position) if isinstance(operand, Path) else operand

    def _compare(self, left: _Operand, operator: Operator, right: _Operand, position: int) -> Condition:
        if isinstance(left, Truth):
            # Parentheses around nothing but a property.
            left = left.path
        if isinstance(left, Path) and isinstance(right, Literal):
            return Comparison(left, operator, right, position=position)
        if isinstance(left, Literal) and isinstance(right, Path):
            return Comparison(right, _MIRRORED[operator], left, position=position)
        if isinstance(left, Path) and isinstance(right, Path):
            reason = f"{shorten(str(right))} is no value; a text stands in single quotes"
            raise BadQuery("$filter", reason, position=right.position)
        if isinstance(left, Path | Literal) or not isinstance(right, Boolean):
            raise BadQuery("$filter", "compare a property with a value", position=position)
        if operator not in {Operator.EQ, Operator.NE}:
            raise BadQuery("$filter", "a condition can be compared with eq and ne only", position=position)
        holds = right.value == (operator is Operator.EQ)
        return left if holds else Not(left, position=position)

    def _parse_list(self, left: _Operand, position: int) -> Condition:
        if not isinstance(left, Path):
            raise BadQuery("$filter", "in needs a property on its left", position=position)
        self.expect("(")
        values = [self._parse_value()]
        while self.take(","):
            values.append(self._parse_value())
        self.expect(")")
        return In(left, tuple(values), position=position)

    def _parse_value(self) -> Literal:
        self.count_part()
        value = self._parse_operand()
        if not isinstance(value, Literal):
            raise BadQuery("$filter", "a list holds values only", position=value.position)
        return value

    def _parse_operand(self) -> _Operand:
        token = self.next
        if self.take("("):
            with self.one_deeper():
                condition = self._parse_or()
            self.expect(")")
            return condition
        if literal := read_literal(token):
            self.pass_token()
            return literal
        if token.kind is not Kind.NAME:
            self.refuse("expected a property, a value or an opening parenthesis")
        self.pass_token()
        return self._parse_call(token) if self.take("(") else self._parse_path(token)

    def _parse_path(self, first: Token) -> Path | Lambda:
        segments = [first.text]
        while self.take("/"):
            token = self.expect_name()
            quantifier = next((word for word in QUANTIFIERS if word == token.text.lower()), None)
            if quantifier and self.take("("):
                path = Path(tuple(segments), position=first.position)
                return self._parse_lambda(path, quantifier)
            segments.append(token.text)
        return Path(tuple(segments), position=first.position)

    def _parse_lambda(self, path: Path, quantifier: Operator) -> Lambda:
        """Section 5.1.1.13; after the opening parenthesis."""
        if quantifier is Operator.ANY and self.take(")"):
            return Lambda(path, quantifier, position=path.position)
        variable = self.expect_name().text
        self.expect(":")
        with self.one_deeper():
            body = self._parse_or()
        self.expect(")")
        return Lambda(path, quantifier, variable, body, position=path.position)

    def _parse_call(self, name: Token) -> _Operand:
        """Sections 5.1.1.5 and 5.1.1.7; after the opening parenthesis."""
        function = name.text.lower()
        if function in list(Fold):
            return self._parse_fold(Fold(function))
        # OData 3 had substringof with its arguments the other way round.
        is_reversed = function == "substringof"
        operator = (
            Operator.CONTAINS
            if is_reversed
            else next((word for word in TEXT_FUNCTIONS if word == function), None)
        )
        if operator is None:
            reason = f"there is no function {shorten(name.text)}; supported are {_FUNCTIONS}"
            raise BadQuery("$filter", reason, position=name.position)
        with self.one_deeper():
            first = self._parse_operand()
            self.expect(",")
            second = self._parse_operand()
        self.expect(")")
        subject, text = (second, first) if is_reversed else (first, second)
        if not isinstance(subject, Path) or not isinstance(text, Literal):
            raise BadQuery("$filter", f"{name.text} takes a property and a text", position=name.position)
        return Comparison(subject, operator, text, position=name.position)

    def _parse_fold(self, fold: Fold) -> Path | Text:
        with self.one_deeper():
            operand = self._parse_operand()
        self.expect(")")
        if isinstance(operand, Path):
            return Path(operand.segments, fold, position=operand.position)
        if isinstance(operand, Text):
            return fold_text(operand, fold)
        raise BadQuery("$filter", f"{fold} takes a property or a text", position=operand.position)
