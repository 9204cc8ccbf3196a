"""The colour and the letters by which people recognise a tenant: the same for everyone, for ever.

Twelve hues from green to plum; red, orange and amber belong to severity. Colours collide (twelve of them,
more tenants), so a name always stands beside the colour.
"""

import hashlib
from collections.abc import Iterator

FIRST_HUE = 140
HUE_STEP = 17
STEPS = 12
HUES = tuple(FIRST_HUE + HUE_STEP * step for step in range(STEPS))


def color_step(tenant_id: object) -> int:
    """Which of the twelve colours, 0 to 11: the first 32 bits of the id's SHA-256, modulo 12."""
    digest = hashlib.sha256(str(tenant_id).lower().encode()).digest()
    return int.from_bytes(digest[:4], "big") % STEPS


def tenant_hue(tenant_id: object) -> int:
    """The hue in degrees, one of `HUES`, of a tenant id (a UUID or its text, in any case)."""
    return HUES[color_step(tenant_id)]


def initials(name: str) -> str:
    """Two upper-case letters for a tenant: of its first two words, or the first two of a single word.

    A name without any letter or digit gives "?".
    """
    words = list(_words(name))
    return _letters(words[:2])


def person_initials(name: str) -> str:
    """Two upper-case letters for a person: of the first and the last word, so that particles are left out."""
    words = list(_words(name))
    return _letters(words[:1] + words[1:][-1:])


def _words(name: str) -> Iterator[str]:
    for word in name.split():
        kept = word if word.isalnum() else "".join(filter(str.isalnum, word))
        if kept:
            yield kept


def _letters(words: list[str]) -> str:
    if not words:
        return "?"
    letters = words[0][:2] if len(words) == 1 else words[0][0] + words[1][0]
    return letters.upper()[:2]
