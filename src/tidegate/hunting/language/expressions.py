"""Tokens to expressions, by recursive descent; one method for each level of precedence."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

from tidegate.hunting.errors import QueryError
from tidegate.hunting.language.cursor import Cursor
from tidegate.hunting.language.literals import read_literal
from tidegate.hunting.language.tokens import Lexeme, Token
from tidegate.hunting.language.tree import (
    Between,
    Binary,
    Call,
    Expression,
    Literal,
    Logical,
    Membership,
    Name,
    Named,
    Negative,
    Path,
    Pipeline,
    Star,
)
from tidegate.hunting.language.words import COMPARISONS, MEMBERSHIPS, TEXT_TESTS

# Not between these two nor in a list: a word that ends what stands before it.
_ENDS: Final = frozenset({"by", "asc", "desc", "nulls", "on", "and", "or"})


class ExpressionParser(Cursor, ABC):
    """Reads expressions. Whoever reads queries says how, for `in (AlertInfo | ...)`."""

    @abstractmethod
    def parse_pipeline(self) -> Pipeline:
        """A query within."""

    def parse_expression(self) -> Expression:
        """An expression. Raises QueryError."""
        with self.one_deeper():
            return self._parse_logical("or", lambda: self._parse_logical("and", self._parse_comparison))

    def parse_named(self) -> Named:
        """`Name = expression`, or an expression alone."""
        at, name = self.next.place, ""
        if self.sees_name_and("="):
            name = self.pass_token().text
            self.pass_token()
        return Named(name, self.parse_expression(), at=at)

    def parse_list[T](self, parse_one: Callable[[], T]) -> tuple[T, ...]:
        """One or more, by comma."""
        found = [parse_one()]
        while self.take(","):
            found.append(parse_one())
        return tuple(found)

    def _parse_logical(self, word: str, parse_part: Callable[[], Expression]) -> Expression:
        at, parts = self.next.place, [parse_part()]
        while self.take_word(word):
            parts.append(parse_part())
        return Logical(word, tuple(parts), at=at) if len(parts) > 1 else parts[0]

    def _parse_comparison(self) -> Expression:
        left = self._parse_sum()
        at, word = self.next.place, self.next.text
        if self.next.token not in {Token.MARK, Token.NAME}:
            return left
        if word in COMPARISONS or word in TEXT_TESTS:
            self.pass_token()
            return Binary("!=" if word == "<>" else word, left, self._parse_sum(), at=at)
        if word in MEMBERSHIPS:
            self.pass_token()
            return Membership(word, left, self._parse_values(), at=at)
        if word in {"between", "!between"}:
            self.pass_token()
            return self._parse_between(left, is_negated=word.startswith("!"))
        if word == "matches":
            raise QueryError("Regular expressions are not offered; use has, contains or startswith.", at)
        return left

    def _parse_values(self) -> tuple[Expression, ...] | Pipeline:
        self.expect("(")
        with self.one_deeper():
            if self.sees_name_and("|"):
                found: tuple[Expression, ...] | Pipeline = self.parse_pipeline()
            else:
                found = self.parse_list(self.parse_expression)
        self.expect(")")
        return found

    def _parse_between(self, operand: Expression, *, is_negated: bool) -> Between:
        at = self.next.place
        self.expect("(")
        with self.one_deeper():
            low = self._parse_sum()
            self.expect("..")
            high = self._parse_sum()
        self.expect(")")
        return Between(operand, low, high, is_negated, at=at)

    def _parse_sum(self) -> Expression:
        return self._parse_chain(("+", "-"), lambda: self._parse_chain(("*", "/", "%"), self._parse_signed))

    def _parse_chain(self, marks: tuple[str, ...], parse_part: Callable[[], Expression]) -> Expression:
        found, length = parse_part(), 0
        while self.next.token is Token.MARK and self.next.text in marks:
            mark, length = self.pass_token(), length + 1
            self.check_chain(length)
            found = Binary(mark.text, found, parse_part(), at=mark.place)
        return found

    def _parse_signed(self) -> Expression:
        at = self.next.place
        if self.take("+"):
            return self._parse_signed_once()
        if self.take("-"):
            return Negative(self._parse_signed_once(), at=at)
        return self._parse_steps()

    def _parse_signed_once(self) -> Expression:
        if self.sees("-") or self.sees("+"):
            self.refuse("expected a value")
        return self._parse_steps()

    def _parse_steps(self) -> Expression:
        found, length = self._parse_operand(), 0
        while True:
            at = self.next.place
            if self.take("."):
                found = Path(found, self.expect_name("the name of a member").text, at=at)
            elif self.take("["):
                found = Path(found, self._parse_step(), at=at)
                self.expect("]")
            else:
                return found
            self.check_chain(length := length + 1)

    def _parse_step(self) -> str | int:
        lexeme = self.next
        value = read_literal(lexeme)
        if not isinstance(value, Literal) or lexeme.token not in {Token.TEXT, Token.LONG}:
            self.refuse("expected a name in quotes, or a number from 0")
        self.pass_token()
        return value.value if isinstance(value.value, str) else int(value.value or 0)

    def _parse_operand(self) -> Expression:
        self.count_part()
        lexeme = self.next
        literal = read_literal(lexeme)
        if literal is not None:
            self.pass_token()
            return literal
        if self.take("("):
            inner = self.parse_expression()
            self.expect(")")
            return inner
        if self.take("*"):
            return Star(at=lexeme.place)
        if lexeme.token is Token.NAME and lexeme.text in _ENDS:
            self.refuse("expected a value")
        name = self.expect_name("a value")
        if lexeme.token is Token.NAME and self.sees("("):
            return self._parse_call(name)
        return Name(name.text, at=lexeme.place)

    def _parse_call(self, function: Lexeme) -> Expression:
        self.expect("(")
        arguments: tuple[Expression, ...] = ()
        if not self.sees(")"):
            arguments = self.parse_list(self.parse_expression)
        self.expect(")")
        return Call(function.text, arguments, at=function.place)
