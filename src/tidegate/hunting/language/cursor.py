"""Where the parser stands among the tokens, and the bounds that it keeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from tidegate.hunting.errors import QueryError, quote
from tidegate.hunting.language.tokens import Lexeme, Token

DEEPEST: Final = 24
"""Levels of parentheses, functions and queries inside each other."""
# A chain of operators becomes as deep in SQL as it is long; what SQLite takes is a hundred levels in all.
LONGEST_CHAIN: Final = 40
MOST_PARTS: Final = 500


class Cursor:
    """Takes one token after the other; each `take` says whether it found what was asked for."""

    def __init__(self, lexemes: list[Lexeme]) -> None:
        self._lexemes = lexemes
        self._at = 0
        self._depth = 0
        self._parts = 0

    @property
    def next(self) -> Lexeme:
        """The token to be read next; END stays."""
        return self._lexemes[self._at]

    @property
    def after_next(self) -> Lexeme:
        """The token after that."""
        return self._lexemes[min(self._at + 1, len(self._lexemes) - 1)]

    def sees_name_and(self, mark: str) -> bool:
        """Whether a name is next, and this mark after it."""
        is_name = self.next.token in {Token.NAME, Token.QUOTED_NAME}
        return is_name and self.after_next.token is Token.MARK and self.after_next.text == mark

    def pass_token(self) -> Lexeme:
        """Take whatever is next."""
        found = self.next
        self._at += found.token is not Token.END
        return found

    def sees(self, mark: str) -> bool:
        """Whether this mark is next."""
        return self.next.token is Token.MARK and self.next.text == mark

    def take(self, mark: str) -> bool:
        """Take the mark."""
        found = self.sees(mark)
        self._at += found
        return found

    def sees_word(self, *words: str) -> bool:
        """Whether one of these words is next."""
        return self.next.token is Token.NAME and self.next.text in words

    def take_word(self, word: str) -> bool:
        """Take the word."""
        found = self.sees_word(word)
        self._at += found
        return found

    def take_option(self, word: str) -> bool:
        """Take the word and the `=` after it."""
        found = self.sees_word(word) and self.sees_name_and("=")
        self._at += 2 * found
        return found

    def expect(self, mark: str) -> None:
        """Take the mark. Raises QueryError."""
        if not self.take(mark):
            self.refuse(f"expected {mark}")

    def expect_word(self, word: str) -> None:
        """Take the word. Raises QueryError."""
        if not self.take_word(word):
            self.refuse(f"expected {word}")

    def expect_name(self, what: str = "a name") -> Lexeme:
        """Take a name, plain or in brackets. Raises QueryError."""
        if self.next.token not in {Token.NAME, Token.QUOTED_NAME}:
            self.refuse(f"expected {what}")
        return self.pass_token()

    def refuse(self, reason: str) -> NoReturn:
        """Raise QueryError for what comes next."""
        lexeme = self.next
        written = quote(lexeme.text) if lexeme.text or lexeme.token is not Token.END else "the end"
        raise QueryError(f"{reason[:1].upper()}{reason[1:]}, found {written}.", lexeme.place)

    @contextmanager
    def one_deeper(self) -> Iterator[None]:
        """Within the block, parse what is inside something. Raises QueryError beyond `DEEPEST`."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(f"The query is nested deeper than {DEEPEST} levels.", self.next.place)
        try:
            yield
        finally:
            self._depth -= 1

    def count_part(self) -> None:
        """Note one more value, column or call. Raises QueryError beyond `MOST_PARTS`."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise QueryError(f"The query has more than {MOST_PARTS} values and columns.", self.next.place)

    def check_chain(self, length: int) -> None:
        """Raise QueryError for a chain of operators without parentheses that is too long."""
        if length > LONGEST_CHAIN:
            raise QueryError(f"More than {LONGEST_CHAIN} operators in a row.", self.next.place)
