"""The words that stand between operands, and those after which an operand begins."""

from typing import Final

COMPARISONS: Final = frozenset({"==", "!=", "<>", "<", "<=", ">", ">=", "=~", "!~"})
TEXT_TESTS: Final = frozenset(
    f"{sign}{word}{case}"
    for word in ("has", "contains", "startswith", "endswith", "hasprefix", "hassuffix")
    for sign in ("", "!")
    for case in ("", "_cs")
)
MEMBERSHIPS: Final = frozenset({"in", "!in", "in~", "!in~", "has_any", "has_all"})

BEFORE_OPERAND: Final = TEXT_TESTS | MEMBERSHIPS | {
    "and", "away", "between", "by", "distinct", "extend", "filter", "join", "keep", "let", "limit", "on",
    "or", "order", "print", "project", "rename", "sort", "summarize", "take", "top", "union", "where",
}  # fmt: skip
"""After these `['two words']` is a name; after a value it is a step into it."""
