"""Where the parser stands among the tokens, and the bounds that it keeps.

Depth and size are bounded, so that no text costs more than its length, nor fills the stack.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

from tidegate.odata.errors import BadQuery, shorten
from tidegate.odata.filter.tokens import Kind, Token
from tidegate.odata.filter.tree import COMPARISONS, Operator

DEEPEST: Final = 40
# SQLite nests expressions a thousand deep at most, and a chain of ORs is as deep as it is long.
MOST_PARTS: Final = 400


class Cursor:
    """Takes one token after the other; each `take` says whether it found what was asked for."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._parts = 0

    @property
    def next(self) -> Token:
        """The token to be read next; END stays."""
        return self._tokens[self._at]

    def pass_token(self) -> None:
        """Go on to the token after."""
        self._at += self.next.kind is not Kind.END

    def take(self, mark: str) -> bool:
        """Take one of the marks."""
        taken = self.next.kind is Kind.MARK and self.next.text == mark
        self._at += taken
        return taken

    def take_word(self, word: str) -> bool:
        """Take a word in any case (section 5.1.1.1)."""
        taken = self.next.kind is Kind.NAME and self.next.text.lower() == word
        self._at += taken
        return taken

    def take_operator(self) -> Operator | None:
        """Take what stands between two operands."""
        return next((word for word in [*COMPARISONS, Operator.IN] if self.take_word(word)), None)

    def expect(self, mark: str) -> None:
        """Take the mark. Raises BadQuery."""
        if not self.take(mark):
            self.refuse(f"expected {mark}")

    def expect_name(self) -> Token:
        """Take a name. Raises BadQuery."""
        token = self.next
        if token.kind is not Kind.NAME:
            self.refuse("expected a name")
        self.pass_token()
        return token

    def refuse(self, reason: str) -> NoReturn:
        """Raise BadQuery for what comes next."""
        found = shorten(self.next.text) or "the end"
        raise BadQuery("$filter", f"{reason}, found {found}", position=self.next.position)

    @contextmanager
    def one_deeper(self) -> Iterator[None]:
        """Within the block, parse what is inside something. Raises BadQuery beyond `DEEPEST`."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise BadQuery("$filter", f"is nested deeper than {DEEPEST} levels", position=self.next.position)
        yield
        self._depth -= 1

    def count_part(self) -> None:
        """Note one more condition or value. Raises BadQuery beyond `MOST_PARTS`."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            reason = f"has more than {MOST_PARTS} conditions and values"
            raise BadQuery("$filter", reason, position=self.next.position)
