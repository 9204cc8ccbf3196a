"""Missing packages: skipped aloud by hand, refused on a continuous integration machine."""

import pytest

from tools.system_packages import NEEDS, Need, find_missing, judge, main

ABSENT = Need("browser", ("some-browser", "some-font"), lambda: False, "the browser tests")
PRESENT = Need("server", ("some-server",), lambda: True, "the run on a server")


def test_only_what_is_absent_is_missing() -> None:
    assert find_missing([ABSENT, PRESENT]) == [ABSENT]


def test_missing_by_hand_is_told_and_forgiven(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge([ABSENT], {}) == 0
    assert capsys.readouterr().out == (
        "browser is not installed: the browser tests will be skipped"
        " (apt-get install some-browser some-font)\n"
    )


def test_missing_in_continuous_integration_is_a_failure() -> None:
    assert judge([ABSENT], {"CI": "true"}) == 1
    assert judge([], {"CI": "true"}) == 0


def test_has_answers_without_installing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.system_packages.find_missing", lambda: [NEEDS[0]])
    assert main(["--has", "chromium"]) == 1
    assert main(["--has", "postgresql"]) == 0


def test_nothing_is_tried_without_the_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("tools.system_packages.find_missing", lambda: [ABSENT])
    monkeypatch.setattr("tools.system_packages.choose_prefix", lambda: None)
    assert main([]) == 0
    assert "Installing" not in capsys.readouterr().out
