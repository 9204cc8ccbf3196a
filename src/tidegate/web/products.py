"""Names of security products: Graph writes `microsoftDefenderForEndpoint`, people read it in words."""

import re
from typing import Final

_SMALL: Final = frozenset({"for", "of", "and"})
_SPELLED: Final = {"azure": "Azure", "ad": "AD", "365": "365"}
_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


def product_label(word: str) -> str:
    """A product's name as separate words; what is written in words already stays as it is."""
    if not word or not word.isascii() or not word.isalnum():
        return word
    parts = _WORDS.findall(word)
    return " ".join(_spell(part) for part in parts) if "".join(parts) == word else word


def _spell(part: str) -> str:
    small = part.lower()
    if small in _SMALL:
        return small
    return _SPELLED.get(small) or part[:1].upper() + part[1:]
