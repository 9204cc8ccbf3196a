"""Members of a JSON list in SQL, the same for SQLite and PostgreSQL: texts that a condition is asked of.

What is no list has no members, and members that are null are passed over.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Q, TextField
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

_LISTED: Final = {
    "sqlite": ("json_each(CASE WHEN json_type({column}) = 'array' THEN {column} ELSE '[]' END) AS {alias}"),
    "postgresql": (
        "jsonb_array_elements_text(CASE WHEN jsonb_typeof({column}) = 'array' THEN {column} "
        "ELSE '[]'::jsonb END) AS {alias}(value)"
    ),
}


class ElementText(Expression):
    """The member that `AnyElement` is looking at; `depth` tells those of nested ones apart."""

    def __init__(self, depth: int) -> None:
        super().__init__(output_field=TextField())
        self.alias = f"element_{depth}"

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Its column."""
        return f"{self.alias}.value", ()


class AnyElement(Expression):
    """Whether there is a member of the list for which the body holds."""

    def __init__(self, column: F, element: ElementText, body: Q) -> None:
        super().__init__(output_field=BooleanField())
        self.element = element
        self._sources: list[Any] = [column, body]

    def get_source_expressions(self) -> list[Any]:
        """What Django resolves: the column, and the columns that the body names."""
        return self._sources

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """What it became."""
        self._sources = list(exprs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """EXISTS over the members. Raises EmptyResultSet for a body that never holds."""
        column, body = self._sources
        column_sql, column_params = compiler.compile(column)
        try:
            body_sql, body_params = compiler.compile(body)
        except FullResultSet:
            body_sql, body_params = "1 = 1", ()
        alias = self.element.alias
        listed = _LISTED[connection.vendor].format(column=column_sql, alias=alias)
        sql = f"EXISTS (SELECT 1 FROM {listed} WHERE {alias}.value IS NOT NULL AND ({body_sql}))"  # noqa: S608
        return sql, (*column_params, *column_params, *body_params)
