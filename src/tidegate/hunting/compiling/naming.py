"""What columns are called whose query does not say."""

from collections.abc import Collection, Sequence

from tidegate.hunting.compiling.expressions import Expressions
from tidegate.hunting.compiling.functions import KEEPS_NAME
from tidegate.hunting.compiling.terms import Term
from tidegate.hunting.errors import QueryError, quote
from tidegate.hunting.language.tree import Call, Expression, Name, Named, Path


def name_columns(
    expressions: Expressions, items: Sequence[Named], *, prefix: str = "Column", taken: Collection[str] = ()
) -> list[tuple[str, Term]]:
    """The columns that expressions become. Raises QueryError for a name that is written twice."""
    found: list[tuple[str, Term]] = []
    written: set[str] = set()
    start = 0 if prefix == "print_" else 1
    for place, item in enumerate(items, start):
        name = item.name or name_of(item.expression)
        if not name:
            name = free_name(f"{prefix}{place}", {*taken, *written})
        elif name in written:
            raise QueryError(f"There are two columns {quote(name)}.", item.at)
        written.add(name)
        found.append((name, expressions.compile(item.expression)))
    return found


def name_of(expression: Expression) -> str:
    """The name that an expression gives its column by itself; empty for none."""
    match expression:
        case Name():
            return expression.name
        case Call() if expression.function in KEEPS_NAME and expression.arguments:
            return name_of(expression.arguments[0])
        case Path():
            inner = name_of(expression.whole)
            return f"{inner}_{expression.step}" if inner else ""
        case _:
            return ""


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number at its end if it is taken."""
    number, found = 0, name
    while found in taken:
        number += 1
        found = f"{name}{number}"
    return found
