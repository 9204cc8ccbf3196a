"""Reading the object at the window's place, with as much more of the file as that takes.

Places in what is returned count from the window's place, since reading on moves the text in memory.
"""

from dataclasses import dataclass, replace
from typing import Literal, overload

from tidegate.connectors.json_stream.decoding import Broken, Unfinished, Whole, decode_object
from tidegate.connectors.json_stream.envelope import LIST_NAME, find_list
from tidegate.connectors.json_stream.text_window import TextWindow
from tidegate.connectors.limits import Limits


@dataclass(frozen=True, slots=True)
class Page:
    """The object is a page of records, whose list begins at `list_at`."""

    list_at: int


@dataclass(frozen=True, slots=True)
class Oversized(Broken):
    """The object is longer than the limit, which is `at`."""


@overload
def read_object(
    window: TextWindow, limits: Limits, *, may_be_page: Literal[False] = False
) -> Whole | Broken: ...
@overload
def read_object(
    window: TextWindow, limits: Limits, *, may_be_page: Literal[True]
) -> Whole | Broken | Page: ...
def read_object(window: TextWindow, limits: Limits, *, may_be_page: bool = False) -> Whole | Broken | Page:
    """Read the object whose "{" is the window's next character, without consuming it."""
    window.trim()
    while True:
        outcome = decode_object(window.text, window.at, ended=window.ended, depth=limits.depth)
        if may_be_page and (page := _find_page(window, outcome, limits)):
            return page
        if isinstance(outcome, Whole):
            return _within_limit(Whole(outcome.members, outcome.end - window.at), limits)
        if isinstance(outcome, Broken):
            return _within_limit(replace(outcome, at=outcome.at - window.at), limits)
        if len(window.text) - window.at > limits.record_text:
            return _oversized(limits)
        window.grow()


def _find_page(window: TextWindow, outcome: Whole | Broken | Unfinished, limits: Limits) -> Page | None:
    if isinstance(outcome, Whole) and LIST_NAME not in outcome.members:
        return None
    found = find_list(window.text, window.at)
    if found is None or found - window.at > limits.record_text:
        return None
    return Page(found - window.at)


def _within_limit(outcome: Whole | Broken, limits: Limits) -> Whole | Broken:
    reached = outcome.end if isinstance(outcome, Whole) else outcome.at
    return outcome if reached <= limits.record_text else _oversized(limits)


def _oversized(limits: Limits) -> Oversized:
    return Oversized(limits.record_text, f"longer than {limits.record_text} characters")
