"""How names and times are written in addresses and on the wire."""

import unicodedata
from datetime import datetime

# Letters that Unicode does not take apart into a letter and a mark.
_WHOLE = str.maketrans({"ı": "i", "ø": "o", "ß": "ss", "æ": "ae", "'": "", " ": ""})


def plain_letters(name: str) -> str:
    """The part before the @ for a person's name: "Siobhán O'Halloran" is "siobhan.ohalloran"."""
    given, _, family = name.lower().partition(" ")
    decomposed = unicodedata.normalize("NFKD", f"{given}.{family}".translate(_WHOLE))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def wire_time(at: datetime) -> str:
    """A UTC time as Graph writes it, "2026-11-24T09:12:33.123456Z"."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06}Z"
