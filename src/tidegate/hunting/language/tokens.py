"""Tokens of KQL. Whatever the text, they are made or a QueryError is raised."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from tidegate.hunting.errors import Place, QueryError, quote
from tidegate.hunting.language.words import BEFORE_OPERAND

LONGEST: Final = 20_000
"""Characters of a query at most."""


class Token(Enum):
    """What kind of token."""

    NAME = auto()
    QUOTED_NAME = auto()
    LONG = auto()
    REAL = auto()
    SPAN = auto()
    TEXT = auto()
    TYPED = auto()
    MARK = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One token. `text` is what it means: a text without its quotes, a typed literal's inside.

    `word` is how a mark or name reads; `start` and `end` are offsets in the query.
    """

    token: Token
    text: str
    place: Place
    start: int
    end: int
    type_name: str = ""


_TYPED: Final = frozenset(
    {
        "datetime",
        "date",
        "timespan",
        "time",
        "guid",
        "dynamic",
        "int",
        "long",
        "real",
        "double",
        "bool",
        "boolean",
    }
)
_SKIP: Final = re.compile(r"(?:\s+|//[^\n]*)*")
_SPAN: Final = re.compile(
    r"(\d+(?:\.\d+)?)(microseconds?|milliseconds?|seconds?|minutes?|hours?|days?|ticks?|ms|d|h|m|s)(?![A-Za-z0-9_])"
)
_REAL: Final = re.compile(r"\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)(?![A-Za-z0-9_])")
_LONG: Final = re.compile(r"(?:0[xX][0-9A-Fa-f]+|\d+)(?![A-Za-z0-9_])")
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_]*~?")
_MARK: Final = re.compile(r"![A-Za-z_]+~?|\.\.|==|=~|!=|!~|<>|<=|>=|=>|[-+*/%<>=|,;:.()\[\]{}]")
_BRACKETED: Final = re.compile(r"\[\s*(?=['\"])")
_NUMBER_LIKE: Final = re.compile(r"[0-9][A-Za-z0-9_.]*")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'", "0": "\0"}
# What a database refuses, or no encoding has.
_UNFIT: Final = re.compile("[\0\ud800-\udfff]")


def tokenize(text: str) -> list[Lexeme]:
    """The tokens of a query, with END last. Raises QueryError, and nothing else whatever the text."""
    return list(_Lexer(text).read())


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1
        self._line_start = 0

    def read(self) -> list[Lexeme]:
        self._check_whole()
        found: list[Lexeme] = []
        while True:
            self._move_to(_SKIP.match(self._text, self._at).end())  # type: ignore[union-attr]
            found.append(self._read_one(found[-1] if found else None))
            if found[-1].token is Token.END:
                return found
            self._move_to(found[-1].end)

    def _check_whole(self) -> None:
        if len(self._text) > LONGEST:
            raise QueryError(f"The query is longer than {LONGEST:,} characters.", Place(1, 1))
        unfit = _UNFIT.search(self._text)
        if unfit:
            self._move_to(unfit.start())
            raise self._fault("This character cannot be part of a query.")

    def _move_to(self, end: int) -> None:
        passed = self._text.count("\n", self._at, end)
        if passed:
            self._line += passed
            self._line_start = self._text.rindex("\n", self._at, end) + 1
        self._at = end

    def _fault(self, reason: str) -> QueryError:
        return QueryError(reason, Place(self._line, self._at - self._line_start + 1))

    def _make(self, token: Token, text: str, end: int, type_name: str = "") -> Lexeme:
        place = Place(self._line, self._at - self._line_start + 1)
        return Lexeme(token, text, place, self._at, end, type_name)

    def _read_one(self, before: Lexeme | None) -> Lexeme:
        text, at = self._text, self._at
        if at >= len(text):
            return self._make(Token.END, "", at)
        if bracket := _BRACKETED.match(text, at):
            # `['two words']` is a name where one may begin; after a value it is a step into it.
            return self._read_bracketed(bracket.end(), is_step=_ends_value(before))
        if opening := re.compile(r"[hH]?@?['\"]").match(text, at):
            value, end = self._read_text(opening.end() - 1, is_verbatim="@" in opening[0])
            return self._make(Token.TEXT, value, end)
        for token, pattern in ((Token.SPAN, _SPAN), (Token.REAL, _REAL), (Token.LONG, _LONG)):
            if match := pattern.match(text, at):
                return self._make(token, match[0], match.end())
        if number := _NUMBER_LIKE.match(text, at):
            raise self._fault(f"{quote(number[0])} is neither a number nor a span of time such as 2h.")
        if name := _NAME.match(text, at):
            return self._read_name(name)
        if mark := _MARK.match(text, at):
            return self._make(Token.MARK, mark[0], mark.end())
        raise self._fault(f"{quote(text[at])} cannot stand here.")

    def _read_bracketed(self, start: int, *, is_step: bool) -> Lexeme:
        if is_step:
            return self._make(Token.MARK, "[", self._at + 1)
        value, end = self._read_text(start, is_verbatim=False)
        closing = re.compile(r"\s*\]").match(self._text, end)
        if closing is None:
            raise self._fault("A name in brackets ends with ].")
        return self._make(Token.QUOTED_NAME, value, closing.end())

    def _read_name(self, name: re.Match[str]) -> Lexeme:
        word = name[0]
        if word.endswith("~") and word != "in~":
            word = word[:-1]
        end = name.start() + len(word)
        inside = re.compile(r"\s*\(").match(self._text, end)
        if word.lower() in _TYPED and inside:
            return self._read_typed(word.lower(), inside.end())
        return self._make(Token.NAME, word, end)

    def _read_typed(self, type_name: str, start: int) -> Lexeme:
        """`datetime(2026-03-01)`: all to the closing parenthesis, texts within passed over whole."""
        at = start
        while at < len(self._text) and self._text[at] != ")":
            at = self._read_text(at, is_verbatim=False)[1] if self._text[at] in "'\"" else at + 1
        if at >= len(self._text):
            raise self._fault(f"{type_name}( is not closed with ).")
        return self._make(Token.TYPED, self._text[start:at].strip(), at + 1, type_name)

    def _read_text(self, start: int, *, is_verbatim: bool) -> tuple[str, int]:
        """The text whose opening quote stands at `start`, and the offset after its closing one."""
        quote_mark, at, parts = self._text[start], start + 1, []
        while at < len(self._text) and self._text[at] not in "\r\n":
            sign = self._text[at]
            if sign == quote_mark:
                if is_verbatim and self._text[at + 1 : at + 2] == quote_mark:
                    parts.append(quote_mark)
                    at += 2
                    continue
                return "".join(parts), at + 1
            if sign == "\\" and not is_verbatim:
                part, at = self._read_escape(at + 1)
                parts.append(part)
                continue
            parts.append(sign)
            at += 1
        raise self._fault("A text that begins here is not closed in its line.")

    def _read_escape(self, at: int) -> tuple[str, int]:
        sign = self._text[at : at + 1]
        if sign == "u":
            code = self._text[at + 1 : at + 5]
            if re.fullmatch(r"[0-9A-Fa-f]{4}", code) and not _UNFIT.match(chr(int(code, 16))):
                return chr(int(code, 16)), at + 5
        elif sign in _ESCAPES and sign != "0":
            return _ESCAPES[sign], at + 1
        self._move_to(at - 1)
        raise self._fault(
            f"\\{sign} is no escape; write \\\\ for a backslash, or @'...' for a text without any."
        )


def _ends_value(lexeme: Lexeme | None) -> bool:
    if lexeme is None or lexeme.token is Token.END:
        return False
    if lexeme.token is Token.MARK:
        return lexeme.text in {")", "]"}
    return lexeme.token in {Token.QUOTED_NAME, Token.TYPED} or (
        lexeme.token is Token.NAME and lexeme.text not in BEFORE_OPERAND
    )
