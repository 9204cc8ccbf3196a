"""Text typed by people or sent by programs, made fit to keep: one line or many, never a control sign."""

import unicodedata

from tidegate.core.errors import InvalidInput

_INVISIBLE = {"Cc", "Cs", "Co", "Cn"}
_LINE_ENDS = {"Zl", "Zp"}
# Signs that turn the direction of what follows: in a name they make one thing look like another.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


def clean_line(text: str, field: str, *, longest: int, required: bool = True) -> str:
    """One line: trimmed, normalised to NFC. Raises InvalidInput naming the field."""
    line = unicodedata.normalize("NFC", text.strip())
    if required and _is_blank(line):
        raise InvalidInput(fields={field: "must not be empty"})
    unwanted = _INVISIBLE | _LINE_ENDS
    if any(unicodedata.category(sign) in unwanted or sign in _DIRECTION for sign in line):
        raise InvalidInput(fields={field: "holds a sign that cannot be shown"})
    return _bounded(line, field, longest)


def clean_block(text: str, field: str, *, longest: int, required: bool = True) -> str:
    """Several lines: as `clean_line`, but tabs and line ends are kept. Raises InvalidInput."""
    block = unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())
    if required and _is_blank(block):
        raise InvalidInput(fields={field: "must not be empty"})
    if any(unicodedata.category(sign) in _INVISIBLE and sign not in "\n\t" for sign in block):
        raise InvalidInput(fields={field: "holds a sign that cannot be shown"})
    return _bounded(block, field, longest)


def _is_blank(text: str) -> bool:
    """Whether nothing of it would be seen: nothing at all, blanks, or signs without width."""
    return all(unicodedata.category(sign) in {"Cf", "Zs"} for sign in text)


def _bounded(text: str, field: str, longest: int) -> str:
    if len(text) > longest:
        raise InvalidInput(fields={field: f"must be at most {longest} characters; these are {len(text)}"})
    return text
