"""Compile every translation (`.po`) to what Django reads (`.mo`), without GNU gettext.

The compiled files are committed, so that installing needs no compiler; `check_tree` tells when one is stale.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def find_catalogs(root: Path) -> list[Path]:
    """The project's translations, in a steady order."""
    return sorted((root / "src").rglob("locale/*/LC_MESSAGES/*.po"))


def compile_catalog(path: Path) -> bytes:
    """The compiled form of one `.po` file. Raises OSError, naming the line, when it cannot be read."""
    return bytes(polib.pofile(str(path), encoding="utf-8").to_binary())


def find_faults(root: Path) -> Iterator[str]:
    """What is wrong with the translations: unreadable, unfinished or stale, one sentence each."""
    for path in find_catalogs(root):
        name = path.relative_to(root)
        try:
            catalog = polib.pofile(str(path), encoding="utf-8")
        except OSError as error:
            yield f"{name}: cannot be read ({error})"
            continue
        for entry in (*catalog.untranslated_entries(), *catalog.fuzzy_entries()):
            yield f"{name}:{entry.linenum}: not translated: {entry.msgid!r}"
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != bytes(catalog.to_binary()):
            yield f"{name}: its .mo file is missing or stale; run make messages"


def main() -> int:
    """Write all the compiled files."""
    for path in find_catalogs(ROOT):
        path.with_suffix(".mo").write_bytes(compile_catalog(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
