"""One attempt to read a JSON object at one place of a text that may not be all there yet.

The standard library's decoder does the reading; numbers that no database takes become `Refused`, found
afterwards together with nesting that is too deep, so that the end of such a record is known all the same.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

import msgspec

from tidegate.connectors.records import Json

_UNFINISHED_STRING = "Unterminated string"
# Longer than any literal or escape that the end of the text may have cut in two.
_MARGIN = 16
_SMALL_DIGITS = 18
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1
_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u(0000|[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
REPLACEMENT = "\ufffd"


class Whole(msgspec.Struct, frozen=True):
    """An object was read up to `end`."""

    members: dict[str, Json]
    end: int


@dataclass(frozen=True, slots=True)
class Broken:
    """What stands here is no JSON object: it goes wrong at `at`."""

    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class TooDeep(Broken):
    """The object is nested deeper than the decoder can go; finding that out takes long."""


class Unfinished:
    """So far so good: the text ends before the object does, and more of it can be read."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Stands for a number that is not taken."""

    text: str


def decode_object(text: str, at: int, *, ended: bool, depth: int) -> Whole | Broken | Unfinished:
    """Try to read the object that begins at `text[at]`, which is "{"; `ended`: no more text follows."""
    try:
        members, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        return _judge_error(text, error, ended=ended)
    except RecursionError:
        return TooDeep(_find_too_deep(text, at, depth), f"nested deeper than {depth} levels")
    return Whole(members, end)


def clean_text(text: str) -> str:
    """Replace NUL and lone surrogates by U+FFFD, written out or as JSON escapes."""
    if not text.isascii():
        text = _SURROGATE.sub(REPLACEMENT, text)
    if "\\u" in text and ("\\u0000" in text or "\\ud" in text or "\\uD" in text):
        text = _ESCAPE.sub(lambda match: "\\ufffd" if match[1] else match[0], text)
    return text


def decode_text(text: str) -> dict[str, Json]:
    """Read the text of an object that is known to be one."""
    members: dict[str, Json] = _DECODER.raw_decode(text)[0]
    return members


def find_fault(members: dict[str, Json], depth: int) -> tuple[str, str] | None:
    """Find nesting deeper than `depth` or a refused number: its path and the reason."""
    # A path is a chain of (chain before, step), only written out for the one fault that is reported.
    waiting: list[tuple[Any, int, Any]] = [(members, 1, None)]
    while waiting:
        value, level, path = waiting.pop()
        if level > depth:
            return "", f"nested deeper than {depth} levels"
        for step, item in value.items() if type(value) is dict else enumerate(value):
            kind = type(item)
            if kind is dict or kind is list:
                waiting.append((item, level + 1, (path, step)))
            elif kind is Refused:
                return _write_path((path, step)), f"a number that is not taken: '{item.text[:80]}'"
    return None


def _judge_error(text: str, error: json.JSONDecodeError, *, ended: bool) -> Broken | Unfinished:
    at_end = error.msg.startswith(_UNFINISHED_STRING) or error.pos >= len(text)
    if not ended and (at_end or error.pos >= len(text) - _MARGIN):
        return Unfinished()
    if at_end:
        return Broken(len(text), "the text ends before the record does")
    return Broken(error.pos, f"not JSON: {error.msg[0].lower()}{error.msg[1:].removesuffix(' at')}")


def _find_too_deep(text: str, at: int, depth: int) -> int:
    level = 0
    for match in _BRACKET.finditer(text, at):
        level += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if level > depth:
            return match.start()
    return len(text)


def _write_path(chain: Any) -> str:
    steps: list[str] = []
    while chain is not None:
        chain, step = chain
        steps.append(f"[{step}]" if isinstance(step, int) else f".{step[:80]}")
    return "".join(reversed(steps)).removeprefix(".")


def _read_whole_number(text: str) -> int | Refused:
    if len(text) <= _SMALL_DIGITS:
        return int(text)
    # 20 characters hold every 64-bit number; Python itself refuses thousands of digits.
    number = int(text) if len(text) <= _SMALL_DIGITS + 2 else None
    return number if number is not None and _SMALLEST <= number <= _LARGEST else Refused(text)


def _read_number(text: str) -> float | Refused:
    number = float(text)
    return number if math.isfinite(number) else Refused(text)


_DECODER = json.JSONDecoder(
    parse_constant=Refused, parse_int=_read_whole_number, parse_float=_read_number, strict=True
)
