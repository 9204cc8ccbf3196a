"""Write docs/permissions.md from the role table: which role may do what, and through which line of it."""

import sys
from collections.abc import Iterable
from pathlib import Path

from tidegate.authorization.permissions import EVERYONE_INSIDE, GRANTS, Permission, permissions_of
from tidegate.authorization.roles import BUILT_IN_ROLES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"

_INTRODUCTION = """\
# Permissions

This page is written by `python -m tools.permission_matrix` from the role table in the code; a test
compares the two. What a role does not allow is absent from the portal's pages and refused by the server.
"""


def write_page() -> str:
    """The whole page, as Markdown."""
    roles = list(BUILT_IN_ROLES)
    by_role = {role: permissions_of(lines) for role, lines in BUILT_IN_ROLES.items()}
    matrix = (
        [*permission.split("."), *("yes" if permission in by_role[role] else "" for role in roles)]
        for permission in sorted(Permission)
    )
    lines = ([f"`{line}`", ", ".join(f"`{p}`" for p in sorted(granted))] for line, granted in GRANTS.items())
    held = (
        [f"`{line}`", *("yes" if line in BUILT_IN_ROLES[role] else "" for role in roles)] for line in GRANTS
    )
    everyone = ", ".join(f"`{permission}`" for permission in sorted(EVERYONE_INSIDE))
    parts = [
        _INTRODUCTION,
        "## What each built-in role may do\n",
        f"Whoever may enter a tenant at all, with no role, has {everyone} there.\n",
        "A permission is asked for as `resource.action`.\n",
        _write_table(["Resource", "Action", *roles], matrix),
        "## Of which lines a built-in role is made\n",
        _write_table(["Line of the role table", *roles], held),
        "## What each line of the role table opens\n",
        _write_table(["Line of the role table", "Permissions"], lines),
    ]
    return "\n".join(parts)


def _write_table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    first = list(heads)
    lines = [first, ["---"] * len(first), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    """Write the page; with `--check`, only say by the exit status whether it is current."""
    page = write_page()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if PAGE.read_text() == page else f"{PAGE} is not current")
    PAGE.write_text(page)


if __name__ == "__main__":
    main()
