import pytest

from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_block, clean_line


def test_a_line_is_trimmed_and_normalised() -> None:
    assert clean_line("  Zoe\u0308 \n", "name", longest=10) == "Zo\u00eb"


@pytest.mark.parametrize(
    "sign", ["\0", "\x1b", "\x85", "\n", "\u2028", "\u2029", "\u202e", "\u200f", "\ud800"]
)
def test_a_sign_that_cannot_be_shown_is_refused_and_not_echoed(sign: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean_line(f"a{sign}b", "name", longest=10)
    assert list(refused.value.fields) == ["name"]
    assert sign not in str(refused.value)


@pytest.mark.parametrize("text", ["", "  ", "\n", "\u200b", "\u200b \u2060", "\u3000"])
def test_nothing_to_see_is_empty(text: str) -> None:
    for clean in (clean_line, clean_block):
        with pytest.raises(InvalidInput, match="name: must not be empty"):
            clean(text, "name", longest=10)


def test_nothing_is_fine_where_nothing_is_required() -> None:
    assert clean_line(" ", "name", longest=10, required=False) == ""
    assert clean_block(" ", "name", longest=10, required=False) == ""


@pytest.mark.parametrize("clean", [clean_line, clean_block])
def test_the_limit_is_counted_after_trimming(clean: object) -> None:
    assert callable(clean)
    assert clean(f" {'x' * 10} ", "name", longest=10) == "x" * 10
    with pytest.raises(InvalidInput, match="name: must be at most 10 characters; these are 11"):
        clean("x" * 11, "name", longest=10)


def test_a_block_keeps_its_lines_and_tabs() -> None:
    assert clean_block("one\r\n\ttwo\n", "comment", longest=20) == "one\n\ttwo"


@pytest.mark.parametrize("sign", ["\0", "\x07", "\ud800"])
def test_a_block_refuses_what_cannot_be_shown(sign: str) -> None:
    with pytest.raises(InvalidInput, match="comment"):
        clean_block(f"a{sign}b", "comment", longest=20)


def test_a_joined_sign_stays_whole() -> None:
    family = "\U0001f469\u200d\U0001f467"
    assert clean_line(family, "name", longest=10) == family
