"""A way in that closes while an answer is still being sent: what was opened is asked of the gate again."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import Final

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core import clock
from tidegate.core.errors import Forbidden
from tidegate.gate.opening import open as open_gate

ASKED_EVERY: Final = timedelta(seconds=1)

type Reopen = Callable[[], Scope | ManyScope]


def while_open[T](scope: Scope | ManyScope, pieces: Iterable[T], reopen: Reopen | None = None) -> Iterator[T]:
    """The pieces as they are, for as long as the gate still opens what it opened for whoever gets them.

    Asked before a piece is handed over, at most once a second, however many come within it. `reopen` opens
    the way in anew where it was not a person's own. Raises what it raises, and Forbidden where less is open
    than was. A server may end an answer that broke off like any other: what is sent has to show it, as JSON
    that is not closed does.

    Pieces must not come from a statement that is still being read: on SQLite everything asked meanwhile is
    answered as of when that began.
    """
    asked_at = clock.now()
    for piece in pieces:
        # A clock that was set back asks at once, instead of waiting until it is there again.
        if not timedelta(0) <= clock.now() - asked_at < ASKED_EVERY:
            asked_at = clock.now()
            check_still_open(scope, reopen)
        yield piece


def check_still_open(scope: Scope | ManyScope, reopen: Reopen | None = None) -> None:
    """Raise NotFound where the gate no longer opens, Forbidden where something was taken away since."""
    now = reopen() if reopen else _open_for_person(scope)
    if not isinstance(scope, Scope) or not isinstance(now, Scope):
        return
    keeps = scope.entry.permissions <= now.entry.permissions
    if not keeps or not now.entry.sight.hidden_group_ids <= scope.entry.sight.hidden_group_ids:
        raise Forbidden("Something of what this was opened with was taken away meanwhile.")


def _open_for_person(scope: Scope | ManyScope) -> Scope:
    # Of many tenants each statement asks for itself who may enter; here only whether they still enter home.
    return open_gate(scope.actor, str(scope.tenant_id) if isinstance(scope, Scope) else "")
