"""Tokens to a query: `let` statements, where rows come from, and the operators after each bar."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tidegate.hunting.errors import QueryError, quote
from tidegate.hunting.language.expressions import ExpressionParser
from tidegate.hunting.language.tokens import Token, tokenize
from tidegate.hunting.language.tree import (
    Count,
    Distinct,
    Drop,
    Expression,
    Extend,
    Join,
    JoinKey,
    Let,
    Name,
    Named,
    Operator,
    Pipeline,
    Print,
    Project,
    Query,
    Rename,
    Render,
    Sort,
    SortKey,
    Summarize,
    Take,
    Top,
    Union,
    Where,
)

MOST_OPERATORS: Final = 60
JOIN_KINDS: Final = ("innerunique", "inner", "leftouter", "leftsemi", "leftanti")
CHARTS: Final = ("barchart", "columnchart", "linechart", "piechart", "table", "timechart")


def parse_query(text: str) -> Query:
    """The query as a tree. Raises QueryError, and nothing else whatever the text."""
    return Parser(text).parse()


class Parser(ExpressionParser):
    """Reads one query."""

    def __init__(self, text: str) -> None:
        super().__init__(tokenize(text))
        self._operators = 0
        self._render: Render | None = None
        self._readers: dict[str, Callable[[], Operator]] = {
            "where": lambda: Where(self.parse_expression()),
            "filter": lambda: Where(self.parse_expression()),
            "project": lambda: Project(self.parse_list(self.parse_named)),
            "extend": lambda: Extend(self.parse_list(self.parse_named)),
            "project-away": lambda: Drop(self.parse_list(self._parse_pattern)),
            "project-keep": lambda: Drop(self.parse_list(self._parse_pattern), is_keep=True),
            "project-rename": lambda: Rename(self.parse_list(self._parse_rename)),
            "summarize": self._parse_summarize,
            "distinct": self._parse_distinct,
            "sort": self._parse_sort,
            "order": self._parse_sort,
            "top": self._parse_top,
            "take": lambda: Take(self.parse_expression()),
            "limit": lambda: Take(self.parse_expression()),
            "count": Count,
            "join": self._parse_join,
            "union": self._parse_union,
        }

    def parse(self) -> Query:
        """The whole text. Raises QueryError."""
        lets = []
        while self.take(";"):
            pass
        while self.sees_word("let"):
            lets.append(self._parse_let())
        body = self.parse_pipeline()
        self._parse_render()
        while self.take(";"):
            pass
        if self.next.token is not Token.END:
            self.refuse("expected | or the end of the query")
        return Query(tuple(lets), body, self._render)

    def parse_pipeline(self) -> Pipeline:
        """Where rows come from, and operators. Raises QueryError."""
        with self.one_deeper():
            at = self.next.place
            source = self._parse_source()
            operators = []
            while self.sees("|") and not self._sees_render():
                self.pass_token()
                operators.append(self._parse_operator())
            return Pipeline(source, tuple(operators), at=at)

    def _parse_let(self) -> Let:
        at = self.pass_token().place
        name = self.expect_name().text
        self.expect("=")
        value = self._parse_let_value()
        self.expect(";")
        while self.take(";"):
            pass
        return Let(name, value, at=at)

    def _parse_let_value(self) -> Expression | Pipeline:
        """A value, or else a query: both may begin with a name or a parenthesis."""
        start, parts, depth = self._at, self._parts, self._depth
        try:
            value = self.parse_expression()
            if self.sees(";"):
                return value
            failed: QueryError | None = None
        except QueryError as error:
            failed = error
        reached = self._at
        self._at, self._parts, self._depth = start, parts, depth
        try:
            return self.parse_pipeline()
        except QueryError:
            # The reading that went further is the one that was meant.
            if failed is not None and reached > self._at:
                raise failed from None
            raise

    def _parse_source(self) -> Name | Print | Union | Pipeline:
        at = self.next.place
        if self.take("("):
            inner = self.parse_pipeline()
            self.expect(")")
            return inner
        if self.take_word("print"):
            return Print(self.parse_list(self.parse_named), at=at)
        if self.sees_word("union") and not (self.sees_name_and("|") or self.sees_name_and(";")):
            self.pass_token()
            return self._parse_union()
        return Name(self.expect_name("a table").text, at=at)

    def _parse_operator(self) -> Operator:
        self._operators += 1
        lexeme = self.next
        if self._operators > MOST_OPERATORS:
            raise QueryError(f"The query has more than {MOST_OPERATORS} operators.", lexeme.place)
        word = self._read_operator_name()
        reader = self._readers.get(word)
        if reader is None:
            known = ", ".join(sorted(self._readers))
            raise QueryError(f"There is no operator {quote(word)} here; there are {known}.", lexeme.place)
        return replace(reader(), at=lexeme.place)

    def _read_operator_name(self) -> str:
        first = self.expect_name("an operator")
        word, end = first.text, first.end
        while self.sees("-") and self.next.start == end and self.after_next.token is Token.NAME:
            self.pass_token()
            last = self.pass_token()
            word, end = f"{word}-{last.text}", last.end
        return word

    def _parse_pattern(self) -> Name:
        at = self.next.place
        if self.take("*"):
            return Name("*", at=at)
        name = self.expect_name("a column")
        return Name(f"{name.text}*" if self.take("*") else name.text, at=at)

    def _parse_rename(self) -> tuple[str, Name]:
        new = self.expect_name().text
        self.expect("=")
        return new, self._parse_column()

    def _parse_column(self) -> Name:
        lexeme = self.expect_name("a column")
        return Name(lexeme.text, at=lexeme.place)

    def _parse_summarize(self) -> Summarize:
        aggregates: tuple[Named, ...] = ()
        if not self.sees_word("by"):
            aggregates = self.parse_list(self.parse_named)
        keys = self.parse_list(self.parse_named) if self.take_word("by") else ()
        return Summarize(aggregates, keys)

    def _parse_distinct(self) -> Distinct:
        return Distinct(()) if self.take("*") else Distinct(self.parse_list(self._parse_column))

    def _parse_sort(self) -> Sort:
        self.expect_word("by")
        return Sort(self.parse_list(self._parse_sort_key))

    def _parse_sort_key(self) -> SortKey:
        at, expression = self.next.place, self.parse_expression()
        is_descending = not self.take_word("asc")
        if is_descending:
            self.take_word("desc")
        nulls_first = not is_descending
        if self.take_word("nulls"):
            nulls_first = self.take_word("first")
            if not nulls_first:
                self.expect_word("last")
        return SortKey(expression, is_descending, nulls_first, at=at)

    def _parse_top(self) -> Top:
        number = self.parse_expression()
        self.expect_word("by")
        return Top(number, self.parse_list(self._parse_sort_key))

    def _parse_join(self) -> Join:
        kind = "innerunique"
        at = self.next.place
        if self.take_option("kind"):
            at = self.next.place
            kind = self.expect_name("a kind of join").text
        kind = {"semi": "leftsemi", "anti": "leftanti", "leftantisemi": "leftanti"}.get(kind, kind)
        if kind not in JOIN_KINDS:
            raise QueryError(f"The kinds of join are {', '.join(JOIN_KINDS)}.", at)
        other = self._parse_operand_query()
        self.expect_word("on")
        return Join(kind, other, self.parse_list(self._parse_join_key))

    def _parse_operand_query(self) -> Pipeline:
        """A table, or a query in parentheses."""
        at = self.next.place
        if self.take("("):
            inner = self.parse_pipeline()
            self.expect(")")
            return inner
        return Pipeline(Name(self.expect_name("a table").text, at=at), at=at)

    def _parse_join_key(self) -> JoinKey:
        at = self.next.place
        if not self.sees_word("$left", "$right"):
            column = self._parse_column()
            return JoinKey(column, column, at=at)
        sides = dict([self._parse_side()])
        self.expect("==")
        sides |= dict([self._parse_side()])
        if len(sides) < 2:
            raise QueryError("A key compares a column of $left with one of $right.", at)
        return JoinKey(sides["$left"], sides["$right"], at=at)

    def _parse_side(self) -> tuple[str, Name]:
        if not self.sees_word("$left", "$right"):
            self.refuse("expected $left or $right")
        side = self.pass_token().text
        self.expect(".")
        return side, self._parse_column()

    def _parse_union(self) -> Union:
        at, kind, source_name = self.next.place, "outer", ""
        while self.sees_word("kind", "withsource") and self.sees_name_and("="):
            if self.take_option("kind"):
                kind = self.expect_name().text
            elif self.take_option("withsource"):
                source_name = self.expect_name().text
        if kind not in {"outer", "inner"}:
            raise QueryError("The kinds of union are outer and inner.", at)
        return Union(self.parse_list(self._parse_operand_query), kind, source_name, at=at)

    def _sees_render(self) -> bool:
        return self.after_next.token is Token.NAME and self.after_next.text == "render"

    def _parse_render(self) -> None:
        if not self.take("|"):
            return
        at = self.pass_token().place
        chart = self.expect_name("a kind of chart")
        if chart.text not in CHARTS:
            raise QueryError(f"The kinds of chart are {', '.join(CHARTS)}.", chart.place)
        self._render = Render(chart.text, at=at)
        if self.take_word("with"):
            # Titles and axes are the page's own affair.
            self.expect("(")
            while not self.take(")"):
                if self.next.token is Token.END:
                    self.refuse("expected )")
                self.pass_token()
