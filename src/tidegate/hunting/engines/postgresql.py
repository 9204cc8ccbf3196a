"""PostgreSQL: all in SQL. Texts are compared by their bytes, letter case as Unicode has it (ICU's root)."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final

from django.db import OperationalError, connection, transaction

from tidegate.hunting.engines.engine import Reader
from tidegate.hunting.errors import TOO_NESTED, QueryTooCostly
from tidegate.hunting.fragments import Sql
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import Value

_ROWS_AT_ONCE: Final = 500
_CANCELED: Final = "57014"
_TOO_COMPLEX: Final = frozenset({"54000", "54001", "54011"})
_TYPES: Final = {
    Kind.STRING: "text",
    Kind.LONG: "bigint",
    Kind.REAL: "double precision",
    Kind.BOOL: "boolean",
    Kind.DATETIME: "bigint",
    Kind.TIMESPAN: "bigint",
    Kind.DYNAMIC: "text",
}
_JSON: Final = r"(CASE WHEN strpos({0}, '\u0000') > 0 THEN NULL ELSE ({0})::jsonb END)"

_TEMPLATES: Final = MappingProxyType(
    {
        "collate": '({0} COLLATE "C")',
        "lower": '(lower(({0}) COLLATE "und-x-icu") COLLATE "C")',
        "upper": '(upper(({0}) COLLATE "und-x-icu") COLLATE "C")',
        "contains_cs": "(strpos({0}, {1}) > 0)",
        "startswith_cs": "starts_with({0}, {1})",
        "endswith_cs": "(right({0}, length({1})) = {1})",
        "has": '(lower(({0}) COLLATE "und-x-icu") ~ {1})',
        "has_cs": '((({0}) COLLATE "und-x-icu") ~ {1})',
        "length": "length({0})::bigint",
        "substring": (
            "substr({0}, (least(greatest({1}, 0), 100000000) + 1)::int,"
            " least(greatest({2}, 0), 100000000)::int)"
        ),
        "substring_rest": "substr({0}, (least(greatest({1}, 0), 100000000) + 1)::int)",
        "replace": "replace({0}, {1}, {2})",
        "indexof": "(strpos({0}, {1}) - 1)::bigint",
        "trim": "btrim({0}, E' \\t\\r\\n')",
        "to_real": "({0})::double precision",
        "real_to_long": "trunc(({0})::numeric)::bigint",
        "bool_to_long": "({0})::int::bigint",
        "text_to_long": (
            r"(CASE WHEN ({0}) ~ '^\s*[+-]?[0-9]{1,18}\s*$' THEN btrim({0}, E' \t\r\n\f\v')::bigint END)"
        ),
        "text_to_real": (
            r"(CASE WHEN ({0}) ~ '^\s*[+-]?[0-9]{1,18}(\.[0-9]{1,18})?([eE][+-]?[0-9]{1,2})?\s*$'"
            r" THEN btrim({0}, E' \t\r\n\f\v')::double precision END)"
        ),
        "long_to_text": "coalesce(({0})::text, '')",
        "real_to_text": "coalesce(({0})::text, '')",
        "bool_to_text": "(CASE WHEN {0} THEN 'True' WHEN NOT {0} THEN 'False' ELSE '' END)",
        "instant_to_text": (
            "coalesce(to_char(timestamp 'epoch' + ({0}) * interval '1 microsecond',"
            """ 'YYYY-MM-DD"T"HH24:MI:SS.US"0Z"'), '')"""
        ),
        "span_to_text": (
            "coalesce((SELECT CASE WHEN x < 0 THEN '-' ELSE '' END"
            " || CASE WHEN abs(x) >= 86400000000 THEN (abs(x) / 86400000000)::text || '.' ELSE '' END"
            " || to_char(abs(x) / 3600000000 %% 24, 'FM00')"
            " || ':' || to_char(abs(x) / 60000000 %% 60, 'FM00')"
            " || ':' || to_char(abs(x) / 1000000 %% 60, 'FM00')"
            " || CASE WHEN x %% 1000000 <> 0"
            " THEN '.' || to_char(abs(x) %% 1000000, 'FM000000') || '0' ELSE '' END"
            " FROM (SELECT ({0})::bigint AS x) AS one), '')"
        ),
        "dynamic_to_text": "coalesce(({0})::jsonb #>> '{}', '')",
        "floor": "floor({0})",
        "ceiling": "ceiling({0})",
        "round": "round(({0})::numeric, ({1})::int)::double precision",
        "least_of": "least({0})",
        "avg": "avg(({0})::double precision)",
        "sum_long": "coalesce(sum({0}), 0)::bigint",
        "sum_real": "coalesce(sum({0}), 0)",
        "percentile": "percentile_disc({1}) WITHIN GROUP (ORDER BY {0})",
        "make_set": (
            "coalesce(to_jsonb((array_agg(DISTINCT {0}) FILTER (WHERE {0} IS NOT NULL))[1:({1})::int]),"
            " '[]')::text"
        ),
        "make_list": (
            "coalesce(to_jsonb((array_agg({0}) FILTER (WHERE {0} IS NOT NULL))[1:({1})::int]), '[]')::text"
        ),
        "path": "(({0})::jsonb #> {1}::text[])::text",
        "array_length": (
            "(CASE WHEN jsonb_typeof(({0})::jsonb) = 'array'"
            " THEN jsonb_array_length(({0})::jsonb)::bigint END)"
        ),
        "split": (
            "(CASE WHEN {1} = '' THEN to_jsonb(ARRAY[{0}])"
            " ELSE to_jsonb(string_to_array({0}, {1})) END)::text"
        ),
        "uuid": "({0})::text",
        "instant": "(extract(epoch FROM {0}) * 1000000)::bigint",
        "json_text": "coalesce({0} #>> {1}::text[], '')",
        "json_long": (
            "(CASE WHEN {0} #>> {1}::text[] ~ '^[+-]?[0-9]{1,18}$' THEN ({0} #>> {1}::text[])::bigint END)"
        ),
        "json_value": "({0} #> {1}::text[])::text",
        "json": "({0})::text",
        "json_column": "({0})::text",
    }
)


class PostgreSQL:
    """The engine of teams."""

    templates: Mapping[str, str] = _TEMPLATES
    inner_join = "JOIN"

    def literal(self, kind: Kind, value: Value) -> Sql:
        """A value as a parameter that says its type."""
        return Sql(f"%s::{_TYPES[kind]}", (value,))

    def word_pattern(self, word: str, *, folds: bool, starts: bool = True, ends: bool = True) -> str:
        """A regular expression: the word, not part of a longer one at those of its ends where it could be."""
        plain = word.lower() if folds else word
        escaped = "".join(sign if sign.isalnum() or ord(sign) > 127 else f"\\{sign}" for sign in plain)
        before = "(?<![[:alnum:]])" if starts and plain[:1].isalnum() else ""
        return before + escaped + ("(?![[:alnum:]])" if ends and plain[-1:].isalnum() else "")

    def member(self, steps: Sequence[str]) -> str:
        """The path as an array of texts."""
        return self.json_path(steps)

    def unpack(self, select: Sql, names: Mapping[str, str], documents: AbstractSet[str]) -> Sql:
        """Each document is read once a row, after what narrows the rows; OFFSET keeps that apart."""
        read = [name for each, name in names.items() if each in documents]
        if not read:
            return select
        held = ", ".join(f"{name}_text" if name in read else name for name in names.values())
        reading = ", ".join(f"{_JSON.replace('{0}', f'{name}_text')} AS {name}" for name in read)
        head, tail = (
            Sql(f"SELECT {', '.join(names.values())} FROM ("),
            Sql(f") AS held({held}) CROSS JOIN LATERAL (SELECT {reading} OFFSET 0) AS documents"),
        )
        return Sql.join("", [head, select, tail])

    def json_path(self, steps: Sequence[str | int]) -> str:
        """The steps as an array of texts (PostgreSQL, "Array Input and Output Syntax")."""
        quoted = (str(step).replace("\\", "\\\\").replace('"', '\\"') for step in steps)
        return "{" + ",".join(f'"{step}"' for step in quoted) + "}"

    @contextmanager
    def reading(self, seconds: float) -> Iterator[Reader]:
        """A transaction that cannot write, is rolled back, and in which nothing takes longer."""
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    # Compiling so many expressions to machine code takes longer than most runs do.
                    cursor.execute("SET LOCAL jit = off")
                    cursor.execute("SET LOCAL transaction_read_only = on")
                    cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
                yield _Reader()
                # Within another transaction this is a savepoint, and what was set in it ends with it.
                transaction.set_rollback(True)
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", "")
            if state == _CANCELED:
                raise QueryTooCostly(f"The query took longer than {seconds:g} seconds.") from error
            if state in _TOO_COMPLEX:
                raise QueryTooCostly(TOO_NESTED) from error
            raise


class _Reader:
    def read(self, sql: str, params: Sequence[Any]) -> Generator[tuple[object, ...]]:
        # A cursor at the server: rows come as they are asked for, and are never here all at once.
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, list(params))
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                yield from rows
