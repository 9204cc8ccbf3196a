"""Missing packages: skipped aloud by hand, refused on a continuous integration machine."""

from pathlib import Path

import pytest

from tools.system_packages import NEEDS, Need, find_missing, install, judge, main

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


def test_install_asks_apt_get_without_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = tmp_path / "record"
    apt_get = tmp_path / "apt-get"
    apt_get.write_text(f'#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >>{record}\nexit 100\n')
    apt_get.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    install([ABSENT], [])
    assert record.read_text().splitlines() == [
        "noninteractive update",
        "noninteractive install --yes --no-install-recommends some-browser some-font",
    ]
