"""The guard over the tree finds what it is there for, and nothing else."""

import subprocess
from pathlib import Path

import pytest

from tools.check_tree import MAX_LINES, REGISTRIES, ROOT, check_files, list_files


@pytest.mark.parametrize("host", REGISTRIES)
def test_registry_is_found_with_its_line(tmp_path: Path, host: str) -> None:
    lock = tmp_path / "some.lock"
    lock.write_text(f"name = 1\nurl = https://files.{host}/a.whl\n")
    assert list(check_files([lock], tmp_path)) == [f"some.lock:2: names {host}"]


def test_own_folder_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"see {tmp_path}/docs and {tmp_path}-other\n")
    assert list(check_files([page], tmp_path)) == [f"page.md:1: names {tmp_path}"]


@pytest.mark.parametrize(
    ("name", "is_found"),
    [("long.py", True), ("long.md", False), ("migrations/long.py", False), ("vendor/long.js", False)],
)
def test_only_our_own_source_can_be_too_long(tmp_path: Path, name: str, *, is_found: bool) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("x = 1\n" * (MAX_LINES + 1))
    assert bool(list(check_files([path], tmp_path))) is is_found


def test_binary_file_is_passed_over(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\xff\xfe")
    assert list(check_files([picture], tmp_path)) == []


def test_ignored_files_are_not_listed(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text("secret\n")
    (tmp_path / "secret").touch()
    (tmp_path / "new.py").touch()
    assert list_files(tmp_path) == [tmp_path / ".gitignore", tmp_path / "new.py"]


def test_without_git_hidden_folders_are_left_out(tmp_path: Path) -> None:
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "module.py").touch()
    (tmp_path / "new.py").touch()
    assert list_files(tmp_path) == [tmp_path / "new.py"]


def test_guard_does_not_find_itself() -> None:
    assert list(check_files([ROOT / "tools" / "check_tree.py"])) == []
