"""Finding the next good record behind a bad one."""

from collections.abc import Callable, Mapping
from enum import Enum, auto

from tidegate.connectors.json_stream.brackets import BracketScan
from tidegate.connectors.json_stream.decoding import Broken, TooDeep, Whole
from tidegate.connectors.json_stream.objects import Oversized, read_object
from tidegate.connectors.json_stream.text_window import TextWindow
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import Json

# Going back to look for good records inside a bad one reads text again. A hostile file could ask for that
# without end, so after this much of it what is hidden inside broken records is given up. The unit is the
# time that decoding one character takes; scanning for brackets and running out of stack take more.
_MOST_SPENT = 64 * 1024 * 1024
_COST_OF_BRACKETS = 8
_COST_OF_DEPTH = 64 * 1024
_CONTINUES_RECORD = frozenset('"}],')
_BLANK = frozenset(" \t")


class _Nearby(Enum):
    """Where an item ends: found, not before the limit of a record, or its brackets do not match."""

    FOUND = auto()
    FAR = auto()
    LOST = auto()


class Recovery:
    """Moves the window's place past what cannot be read; consumes, and gives nothing."""

    def __init__(
        self, window: TextWindow, limits: Limits, is_record: Callable[[Mapping[str, Json]], bool]
    ) -> None:
        self._window = window
        self._limits = limits
        self._is_record = is_record
        self._spent = 0

    def skip_line(self) -> None:
        """Go behind the next line end."""
        window = self._window
        while (end := window.text.find("\n", window.at)) < 0:
            window.at = len(window.text)
            if not window.grow():
                return
        window.at = end + 1

    def skip_broken_line(self, broken: Broken) -> None:
        """Go from a broken record to the next line that does not look like more of it."""
        self._go_past(broken.at, _cost_of(broken), at_least=0)
        window = self._window
        while True:
            self.skip_line()
            indented = window.hold(1) and window.text[window.at] in _BLANK
            first = window.skip_blank()
            if first in _CONTINUES_RECORD or (indented and first and not self._finds_record()):
                continue
            return

    def skip_item(self) -> None:
        """Go from an item that is no object to the comma or bracket behind it, or else to a record."""
        end = self._find_end_nearby()
        if end is _Nearby.FAR and self.skip_brackets(BracketScan()):
            return
        if end is not _Nearby.FOUND:
            self._find_next_record()

    def skip_broken_item(self, broken: Broken) -> None:
        """Go from a broken item to the comma or bracket behind it, or else to the next record."""
        if isinstance(broken, Oversized):
            if not self.skip_brackets(BracketScan()):
                self._find_next_record()
        elif self._find_end_nearby() is not _Nearby.FOUND:
            self._go_past(broken.at, _cost_of(broken), at_least=1)
            self._find_next_record()

    def skip_brackets(self, scan: BracketScan) -> bool:
        """Go to where `scan` ends, however far; False when it gets lost or the file ends first."""
        window = self._window
        while True:
            window.at = scan.advance(window.text, window.at)
            if scan.done or scan.lost or not window.grow():
                return scan.done

    def _find_end_nearby(self) -> _Nearby:
        """Go to where the item ends if that is within the limit of a record; else stay."""
        window, limit, scan, reached = self._window, self._limits.record_text, BracketScan(), 0
        while not self._is_spent():
            reached = scan.advance(window.text, window.at + reached) - window.at
            if scan.done and reached <= limit:
                window.at += reached
                return _Nearby.FOUND
            if scan.done or scan.lost or reached > limit or not window.grow():
                break
        self._spent += reached * _COST_OF_BRACKETS
        return _Nearby.FAR if reached > limit else _Nearby.LOST

    def _find_next_record(self) -> None:
        """Go to the next object that is recognisably a record, or to the end of the file."""
        window = self._window
        while True:
            found = window.text.find("{", window.at)
            window.at = len(window.text) if found < 0 else found
            if found < 0:
                if not window.grow():
                    return
            elif self._finds_record():
                return

    def _finds_record(self) -> bool:
        """Say whether a record stands here; if not, go past it, at least by one character."""
        window = self._window
        if window.text[window.at] != "{":
            window.at += 1
            return False
        outcome = read_object(window, self._limits)
        if isinstance(outcome, Whole) and self._is_record(outcome.members):
            return True
        if isinstance(outcome, Whole):
            self._go_past(outcome.end, outcome.end, at_least=1)
        else:
            self._go_past(outcome.at, _cost_of(outcome), at_least=1)
        return False

    def _go_past(self, length: int, cost: int, *, at_least: int) -> None:
        self._spent += cost
        self._window.at += max(length, at_least) if self._is_spent() else at_least

    def _is_spent(self) -> bool:
        return self._spent > _MOST_SPENT


def _cost_of(broken: Broken) -> int:
    return _COST_OF_DEPTH if isinstance(broken, TooDeep) else broken.at
