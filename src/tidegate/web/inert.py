"""Text from outside made harmless to read: signs that would turn or hide what stands around them.

HTML is the templates' matter, which escape everything. This is about what no browser escapes:
U+202E and its kind make `cod.exe` read as `exe.doc`, and control signs show as nothing at all.
"""

import unicodedata

# Unicode Standard Annex 9: marks, embeddings, overrides and isolates.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_SIGNS = frozenset("\n\t")


def show_inert(text: object) -> str:
    """The text with each direction and control sign written out, as `[U+202E]`; line ends stay."""
    words = str(text)
    # Nearly all text: Unicode's signs of direction and control are none that are printed.
    if words.isprintable():
        return words
    return "".join(_show(sign) for sign in words.replace("\r\n", "\n"))


def _show(sign: str) -> str:
    if sign in _LINE_SIGNS or (sign not in _DIRECTION and unicodedata.category(sign) not in {"Cc", "Cs"}):
        return sign
    return f"[U+{ord(sign):04X}]"
