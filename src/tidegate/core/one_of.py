"""`column__one_of=list_values(values)`: that a column is one of these, however many, in one parameter.

`__in` names each value by itself: the statement is another one for each number of them, and writing and
reading it takes longer than finding the rows. The values are a JSON list in text, so that a prepared query
(`core.prepared`) has a place for them.
"""

import uuid
from collections.abc import Iterable
from typing import Any

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, IntegerField, Lookup, UUIDField
from django.db.models.sql.compiler import SQLCompiler


def list_values(values: Iterable[str | int | uuid.UUID]) -> str:
    """The values as the lookup takes them."""
    return msgspec.json.encode(
        [value.hex if isinstance(value, uuid.UUID) else value for value in values]
    ).decode()


@Field.register_lookup
class OneOf(Lookup):
    """The lookup itself."""

    lookup_name = "one_of"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, _connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """The list as it is."""
        return "%s", (value,)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """By a table of the values."""
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} IN (SELECT value FROM json_each(%s))", (*params, self.rhs)  # noqa: S608  Django's own column

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """By an array, which an index can be searched for."""
        sql, params = self.process_lhs(compiler, connection)
        kind = _kind_of(self.lhs.output_field)
        array = f"ARRAY(SELECT value::{kind} FROM json_array_elements_text(%s::json))"  # noqa: S608  the same
        return f"{sql} = ANY({array})", (*params, self.rhs)


def _kind_of(field: "Field[Any, Any]") -> str:
    if isinstance(field, UUIDField):
        return "uuid"
    return "bigint" if isinstance(field, IntegerField) else "text"
