"""The table of Entra's errors: whole, and nothing in it that cannot occur."""

import re
from pathlib import Path
from typing import Any

import pytest

from tidegate import oauth
from tidegate.oauth.aadsts import TABLE
from tidegate.oauth.errors import StsError

SOURCES = [path.read_text() for path in Path(oauth.__file__).parent.rglob("*.py") if path.name != "aadsts.py"]


@pytest.mark.parametrize("number", TABLE)
def test_error_can_occur_and_says_itself(number: int) -> None:
    facts: dict[str, Any] = dict.fromkeys(re.findall(r"{(\w+)}", TABLE[number].text), "<value>")
    error = StsError(number, **facts)

    assert error.message.startswith(f"AADSTS{number}: ")
    assert "{" not in error.message
    assert any(re.search(rf"\b{number}\b", source) for source in SOURCES)


def test_no_other_number_is_raised() -> None:
    raised = {int(number) for source in SOURCES for number in re.findall(r"StsError\((\d+)", source)}

    assert raised <= set(TABLE)


def test_what_a_request_says_is_cut_and_made_printable() -> None:
    error = StsError(70011, scope="a\r\nb" + "x" * 500)

    assert "\n" not in error.message
    assert len(error.message) < 300
