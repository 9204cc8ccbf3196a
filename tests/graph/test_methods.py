"""Each address of Graph takes the methods that are declared of it, and no other."""

import pytest

from tests.cast import Cast
from tests.graph.everything import CALLS
from tests.graph.speaking import speak
from tidegate.feeds.limits import Limit
from tidegate.feeds.words import Family

METHODS = {"GET", "POST", "PATCH", "PUT", "DELETE"}


@pytest.mark.usefixtures("now")
def test_other_methods_are_refused_with_those_there_are(cast: Cast, settings: pytest.FixtureRequest) -> None:
    settings.RATE_LIMITS = dict.fromkeys(Family, Limit(0, 0))  # type: ignore[attr-defined]
    program, declared = speak(cast, "Organization.Read.All"), dict[str, set[str]]()
    for asked in CALLS:
        declared.setdefault(asked.path.partition("?")[0], set()).add(asked.method)
    for path, methods in declared.items():
        address = path.replace("{", "").replace("}", "")
        for method in METHODS - methods:
            said = program._say(method, address)
            assert (path, method, said.status) == (path, method, 405)
            assert set(said.headers["Allow"].split(", ")) == methods
