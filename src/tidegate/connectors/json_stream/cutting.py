"""Records out of a stream: objects one after another, in lists, and in pages, with recovery from bad ones.

After a bad record the next line counts (one record per line), or the next item of the list; where a list's
brackets or quotes do not match either, the next object that is recognisably a record.
"""

from collections.abc import Callable, Generator, Iterator, Mapping

import msgspec

from tidegate.connectors.fields import ECHO_LENGTH, echo_value
from tidegate.connectors.json_stream.brackets import BracketScan
from tidegate.connectors.json_stream.decoding import Whole, clean_text, decode_text, find_fault
from tidegate.connectors.json_stream.objects import Page, read_object
from tidegate.connectors.json_stream.recovery import Recovery
from tidegate.connectors.json_stream.text_window import TextWindow
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import Json, Position, Rejected


class Cut(msgspec.Struct, frozen=True):
    """One object of the file: where it stood, its own text (cleaned) and what the text says."""

    position: Position
    text: str
    members: dict[str, Json]


class RecordCutter:
    """Cuts what `window` reads; `is_record` recognises a record among other objects."""

    def __init__(
        self, window: TextWindow, limits: Limits, is_record: Callable[[Mapping[str, Json]], bool]
    ) -> None:
        self._window = window
        self._limits = limits
        self._records = 0
        self._recovery = Recovery(window, limits, is_record)

    def cut(self) -> Iterator[Cut | Rejected]:
        """Give every object of the file in order, and what is no object as Rejected."""
        window = self._window
        while first := window.skip_blank():
            if first == "[":
                window.at += 1
                yield from self._cut_list()
            elif first == "{":
                yield from self._cut_record_or_page()
            else:
                yield self._reject_here(self._describe_line())
                self._recovery.skip_line()

    def _cut_record_or_page(self) -> Iterator[Cut | Rejected]:
        outcome = read_object(self._window, self._limits, may_be_page=True)
        if isinstance(outcome, Page):
            yield from self._cut_page(outcome)
        elif isinstance(outcome, Whole):
            yield self._take(outcome)
        else:
            yield self._reject_here(outcome.reason)
            self._recovery.skip_broken_line(outcome)

    def _cut_page(self, page: Page) -> Iterator[Cut | Rejected]:
        self._window.at += page.list_at
        closed = yield from self._cut_list()
        if closed and not self._recovery.skip_brackets(BracketScan(expected="}")):
            yield self._reject_here("what follows the list is not JSON")
            self._recovery.skip_line()

    def _cut_list(self) -> Generator[Cut | Rejected, None, bool]:
        """Cut the items up to and with the closing bracket; give whether there was one."""
        window = self._window
        complained = False
        while first := window.skip_blank():
            if first == "]":
                window.at += 1
                return True
            item = self._cut_item(first)
            complained = isinstance(item, Rejected)
            yield item
            if window.skip_blank() == ",":
                window.at += 1
        if not complained:
            yield self._reject_here("the file ends inside the list")
        return False

    def _cut_item(self, first: str) -> Cut | Rejected:
        if first != "{":
            rejected = self._reject_here(self._describe_line())
            self._recovery.skip_item()
            return rejected
        outcome = read_object(self._window, self._limits)
        if isinstance(outcome, Whole):
            return self._take(outcome)
        rejected = self._reject_here(outcome.reason)
        self._recovery.skip_broken_item(outcome)
        return rejected

    def _take(self, whole: Whole) -> Cut | Rejected:
        window = self._window
        position = self._next_position()
        own_text = window.text[window.at : window.at + whole.end]
        window.at += whole.end
        text = clean_text(own_text)
        members = whole.members if text == own_text else decode_text(text)
        if fault := find_fault(members, self._limits.depth):
            path, reason = fault
            return Rejected(position, f"{path}: {reason}" if path else reason)
        return Cut(position, text, members)

    def _reject_here(self, reason: str) -> Rejected:
        return Rejected(self._next_position(), reason)

    def _next_position(self) -> Position:
        self._records += 1
        return self._window.position(self._records)

    def _describe_line(self) -> str:
        window = self._window
        window.hold(ECHO_LENGTH + 1)
        line = window.text[window.at : window.at + ECHO_LENGTH + 1].partition("\n")[0]
        return f"not a JSON object: {echo_value(clean_text(line))}"
