"""Time that a query itself asks for: known early, it lets tables be read by their indexes."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from tidegate.hunting.compiling.context import Context
from tidegate.hunting.compiling.expressions import Expressions
from tidegate.hunting.errors import QueryError
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import Between, Binary, Expression, Logical, Name, Operator, Where
from tidegate.hunting.window import Window

TIME: Final = "Timestamp"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def find_window(context: Context, operators: Sequence[Operator]) -> Window:
    """The run's window, narrowed by what the first `where`s say of the time. They are asked all the same."""
    window = context.window
    for operator in operators:
        if not isinstance(operator, Where):
            break
        for part in _parts(operator.condition):
            window = _narrow(context, window, part)
    return window


def _parts(condition: Expression) -> Iterator[Expression]:
    if isinstance(condition, Logical) and condition.operator == "and":
        for part in condition.parts:
            yield from _parts(part)
    else:
        yield condition


def _narrow(context: Context, window: Window, part: Expression) -> Window:
    match part:
        case Binary(operator=">" | ">=", left=Name(name="Timestamp")):
            return window.narrow(_instant(context, part.right), None)
        case Binary(operator="<" | "<=", left=Name(name="Timestamp")):
            until = _instant(context, part.right)
            return window.narrow(None, until + timedelta(microseconds=1) if until else None)
        case Between(operand=Name(name="Timestamp"), is_negated=False):
            until = _instant(context, part.high)
            after = until + timedelta(microseconds=1) if until else None
            return window.narrow(_instant(context, part.low), after)
        case _:
            return window


def _instant(context: Context, expression: Expression) -> datetime | None:
    """The instant, where it is known before the query runs and any calendar has it."""
    try:
        term = Expressions(context).compile(expression)
        value = term.constant
        if term.kind is Kind.DATETIME and isinstance(value, int):
            return _EPOCH + timedelta(microseconds=value)
    except (QueryError, OverflowError):
        pass
    return None
