"""What sources say, made to fit Graph's published description (v1.0, namespace `microsoft.graph.security`).

Clients are generated from it: a word or a member that it does not have is one that they cannot read. What
does not fit is kept with the source's own text.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Final

from tidegate.connectors.graph_words import InvestigationState, RemediationStatus, Verdict
from tidegate.connectors.records import Json

UNKNOWN_WORD: Final = "unknownFutureValue"
_TEXTS: Final = ("alertPolicyId", "productName")
_OBJECTS: Final = ("additionalData", "customDetails")
# What the Defender APIs say of a device and Graph does not.
_NOT_GRAPHS: Final = ("osProcessor",)


def known_word(words: type[StrEnum], word: str) -> str:
    """The word, or the one that stands for words of a later version."""
    return word if word in _values_of(words) else UNKNOWN_WORD


@cache
def _values_of(words: type[StrEnum]) -> frozenset[str]:
    return frozenset(words)


def fit_evidence(body: Mapping[str, Json]) -> dict[str, Json]:
    """Evidence with no words or members but Graph's, as far as its base type goes."""
    fit = dict(body)
    for name in _NOT_GRAPHS:
        fit.pop(name, None)
    for name, words in (("verdict", Verdict), ("remediationStatus", RemediationStatus)):
        word = fit.get(name)
        if isinstance(word, str):
            fit[name] = known_word(words, word)
    return fit


def tell_rest(extra: Mapping[str, Json]) -> dict[str, Json]:
    """Members of an alert that nothing here works with, where its source told of them."""
    told: dict[str, Json] = {}
    for name in _TEXTS:
        value = extra.get(name)
        told[name] = value if isinstance(value, str) else None
    for name in _OBJECTS:
        value = extra.get(name)
        told[name] = value if isinstance(value, dict) else None
    categories = extra.get("categories")
    told["categories"] = [c for c in categories if isinstance(c, str)] if isinstance(categories, list) else []
    state = extra.get("investigationState")
    told["investigationState"] = known_word(InvestigationState, state) if isinstance(state, str) else None
    return told
