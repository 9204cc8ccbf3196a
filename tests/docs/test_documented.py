"""What an operator can set and run stands in the docs, and nothing else does."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from tidegate.config.commands.registry import register

ROOT = Path(__file__).resolve().parents[2]


def commands() -> set[str]:
    group = click.Group()
    register(group)
    return set(_names(group, "tidegate"))


def _names(group: click.Group, prefix: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _names(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}"


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    read = set(re.findall(r"TIDEGATE_[A-Z_]+", (ROOT / "src/tidegate/config/environment.py").read_text()))
    told = set(re.findall(r"^\| .*", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    documented = set(re.findall(r"TIDEGATE_[A-Z_]+", "\n".join(row.split("|")[1] for row in told)))

    assert documented == read


def test_every_command_is_documented_and_every_documented_one_exists() -> None:
    rows = re.findall(
        r"^\| `(tidegate [a-z -]+?)[ `\[]*(?:\[|--|[A-Z]|`)",
        (ROOT / "docs/commands.md").read_text(),
        re.MULTILINE,
    )

    assert {row.strip() for row in rows} == commands()
