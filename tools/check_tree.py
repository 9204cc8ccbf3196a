"""A cheap guard over all files of the project, for what no linter looks at.

It finds names of places that exist only for some (package registries, folders of one machine), files grown
too long, and translations that are stale or unfinished.
"""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.compile_messages import find_faults

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400
SOURCE_SUFFIXES = {".css", ".html", ".js", ".py", ".sh"}
# Written by others or by programs, so nobody here can shorten them.
EXEMPT_FOLDERS = {"data", "migrations", "vendor"}
# In pieces, or this file would be the first to be found.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("rubygems", "org"),
        ("ghcr", "io"),
        ("docker", "io"),
        ("proxy", "golang", "org"),
        ("deb", "debian", "org"),
    )
]


def list_files(root: Path) -> list[Path]:
    """The files that are committed or would be; without git, all that don't stand in a hidden folder."""
    git = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(git, capture_output=True, text=True, check=False)
    if listing.returncode == 0:
        names = [Path(name) for name in listing.stdout.split("\0") if name]
    else:
        names = [path.relative_to(root) for path in root.rglob("*")]
        names = [name for name in names if not any(part.startswith(".") for part in name.parts[:-1])]
    return sorted({root / name for name in names if (root / name).is_file()})


def find_foreign_places(path: Path, text: str, root: Path = ROOT) -> Iterator[str]:
    """Registries, and the folder of this very machine that the project stands in."""
    hosts = "|".join(rf"(?<![\w-]){re.escape(host)}(?![\w-])" for host in REGISTRIES)
    pattern = re.compile(f"{hosts}|{re.escape(str(root))}(?![\\w-])")
    for number, line in enumerate(text.splitlines(), start=1):
        for match in pattern.finditer(line):
            yield f"{path.relative_to(root)}:{number}: names {match.group()}"


def find_long_file(path: Path, text: str, root: Path = ROOT) -> Iterator[str]:
    """A source file that has grown past what one can keep in mind."""
    name = path.relative_to(root)
    lines = len(text.splitlines())
    if path.suffix in SOURCE_SUFFIXES and not EXEMPT_FOLDERS & set(name.parts) and lines > MAX_LINES:
        yield f"{name}: {lines} lines, more than {MAX_LINES}: split it by what its parts are about"


def check_files(paths: Iterable[Path], root: Path = ROOT) -> Iterator[str]:
    """All that is wrong with these files; those that are not text are passed over."""
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        yield from find_foreign_places(path, text, root)
        yield from find_long_file(path, text, root)


def main() -> int:
    """Print each fault; the exit status tells whether there was one."""
    faults = [*check_files(list_files(ROOT)), *find_faults(ROOT)]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
