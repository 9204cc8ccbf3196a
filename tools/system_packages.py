"""What tests need that Python's index does not have: a browser, a database server, other languages' clients.

On Debian and its relatives they are installed when they are missing and we may (root, or sudo without a
password). Where we may not, the tests that need them are skipped and this says which; on a continuous
integration machine (`CI=true`) that is a failure, because there a skipped test is nobody's news.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.throwaway_postgres import find_binaries

CHROMIUM = Path("/usr/bin/chromium")
OLDEST_NODE = 20


@dataclass(frozen=True)
class Need:
    """One thing that tests need: how to find it, Debian's packages for it, and what is skipped without it."""

    name: str
    packages: tuple[str, ...]
    is_present: Callable[[], bool]
    skipped: str


def has_node() -> bool:
    """Whether there is a Node.js in which today's libraries run, and npm to install them."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return False
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    major = told.strip().removeprefix("v").partition(".")[0]
    return major.isdigit() and int(major) >= OLDEST_NODE


def has_shell_tools() -> bool:
    """Whether there is what Microsoft's own samples fetch alerts with."""
    return all(shutil.which(name) for name in ("bash", "curl", "jq"))


NEEDS = (
    # Chromium only recommends a font; without one every page is blank.
    Need("chromium", ("chromium", "fonts-liberation"), CHROMIUM.exists, "the browser tests"),
    Need("postgresql", ("postgresql",), lambda: find_binaries() is not None, "the run on PostgreSQL"),
    Need("node", ("nodejs", "npm"), has_node, "the tests with openid-client"),
    Need("curl", ("curl", "jq"), has_shell_tools, "the tests with curl"),
)


def find_missing(needs: Sequence[Need] = NEEDS) -> list[Need]:
    """What is not installed."""
    return [need for need in needs if not need.is_present()]


def choose_prefix() -> list[str] | None:
    """How to call apt-get with enough rights; None when we may not, or there is no apt-get."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def install(needs: Sequence[Need], prefix: Sequence[str]) -> None:
    """Install with apt-get. What goes wrong it says itself; find_missing() tells whether it went well."""
    packages = [package for need in needs for package in need.packages]
    apt_get = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    print("Installing", *packages, flush=True)
    subprocess.run([*apt_get, "update"], stdin=subprocess.DEVNULL, check=False)
    command = [*apt_get, "install", "--yes", "--no-install-recommends", *packages]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=False)


def judge(missing: Sequence[Need], environ: Mapping[str, str]) -> int:
    """Say what will be skipped. The exit status: 1 where nothing may be."""
    for need in missing:
        packages = " ".join(need.packages)
        print(f"{need.name} is not installed: {need.skipped} will be skipped (apt-get install {packages})")
    return 1 if missing and environ.get("CI", "").lower() in {"1", "true", "yes"} else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Install what is missing, or with --has only tell by the exit status whether it is there."""
    parser = argparse.ArgumentParser(prog="system_packages", description=__doc__)
    parser.add_argument("--has", choices=[need.name for need in NEEDS])
    wanted = parser.parse_args(arguments).has
    missing = find_missing()
    if wanted:
        return 1 if wanted in {need.name for need in missing} else 0
    prefix = choose_prefix() if missing else None
    if prefix is not None:
        install(missing, prefix)
        missing = find_missing()
    return judge(missing, os.environ)


if __name__ == "__main__":
    sys.exit(main())
