"""Every event that the product records has words."""

import re
from pathlib import Path

import tidegate
from tidegate.web.words import EVENT_WORDS, describe_event

_RECORDED = re.compile(
    r"(?:record|append|note_view|record_event|put_aside|_offer)\([^\"()]*\"([a-z_]+\.[a-z_]+)\""
)


def test_every_recorded_tag_has_words() -> None:
    sources = Path(tidegate.__file__).parent.rglob("*.py")
    tags = {tag for path in sources for tag in _RECORDED.findall(path.read_text())}
    assert "user.invited" in tags
    assert tags - set(EVENT_WORDS) == set()


def test_unknown_tag_is_shown_as_it_is() -> None:
    assert describe_event("moon.landed") == "moon.landed"
