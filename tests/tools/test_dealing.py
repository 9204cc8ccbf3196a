"""What is dealt out first is there, and comes first."""

from pathlib import Path

from tests.support.dealing import APART, FIRST, TOGETHER, place

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_named_is_there() -> None:
    assert [name for name in (*FIRST, *TOGETHER, *APART) if not (ROOT / name).exists()] == []


def test_the_longest_come_first_and_the_rest_keeps_its_order() -> None:
    files = [
        "tests/audit/test_chain.py",
        "tests/web/test_visibility.py",
        "tests/browser/test_looks.py",
        "tests/b.py",
    ]

    assert sorted(files, key=place) == [files[2], files[1], files[0], files[3]]
