"""The loop's own connection to SQLite: it only reads, and looks once."""

from collections.abc import Sequence
from typing import Any

from django.db.utils import DatabaseError

from tidegate.core.unwaiting import Unanswered


class Line:
    """A connection on which nothing is waited for: what cannot be read at once is refused."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.is_open = True

    async def ask(self, sql: str, parameters: list[Any]) -> Sequence[Sequence[Any]]:
        """The rows. Raises Unanswered."""
        try:
            with self._engine.wrap_database_errors:
                rows: Sequence[Sequence[Any]] = self._engine.run_prepared(sql, parameters)
        except DatabaseError as error:
            self.close()
            raise Unanswered from error
        return rows

    def close(self) -> None:
        """Let go of it."""
        self.is_open = False
        self._engine.connection.close()
