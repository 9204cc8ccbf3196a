"""The committed locks: complete, hashed, in step with pyproject.toml and with each other."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
WANTED = {
    "runtime": PROJECT["project"]["dependencies"],
    "dev": [*PROJECT["project"]["dependencies"], *GROUPS["build"], *GROUPS["dev"]],
    "build": [*GROUPS["build"], *PROJECT["build-system"]["requires"]],
    "uv": GROUPS["uv"],
    "clients": GROUPS["clients"],
    "peers": GROUPS["peers"],
}


def read_pins(name: str) -> dict[str, str]:
    """The pinned version of each package of one lock."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    pins = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", text, flags=re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


@pytest.mark.parametrize("name", WANTED)
def test_lock_meets_what_the_project_asks(name: str) -> None:
    pins = read_pins(name)
    wanted = [Requirement(text) for text in WANTED[name] if isinstance(text, str)]
    unmet = [str(one) for one in wanted if pins.get(canonicalize_name(one.name), "none") not in one.specifier]
    assert unmet == []


@pytest.mark.parametrize("name", WANTED)
def test_every_pin_has_a_hash_and_no_line_names_an_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    pins = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert len(pins) == len(read_pins(name))
    assert [pin for pin in pins if "    --hash=sha256:" not in pin] == []
    assert "://" not in text


@pytest.mark.parametrize("name", ["runtime", "build"])
def test_locks_agree_with_each_other(name: str) -> None:
    assert read_pins(name).items() <= read_pins("dev").items()


def test_optional_clients_stand_beside_what_is_there() -> None:
    clients, dev = read_pins("clients"), read_pins("dev")
    assert {name: clients[name] for name in clients.keys() & dev} == {
        name: dev[name] for name in clients.keys() & dev
    }
