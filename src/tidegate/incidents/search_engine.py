"""Looking texts up: what differs between SQLite and PostgreSQL, with one contract for both.

Words: every word asked begins a word of the text. Words are runs of letters and digits, whatever their case.
PostgreSQL has an index over an expression of the table itself. SQLite has FTS5 over a table of its own,
`incidents_words`, which the writers of alerts and incidents keep by `keep_words`: there are no triggers.

Parts: the text asked is somewhere in the column. PostgreSQL finds that by pg_trgm; where the database does
not have it, and for fewer than three characters, it is the beginning of the column instead.
"""

import hashlib
import re
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import batched
from typing import Any, Final

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Func, Model, Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from tidegate.core.errors import TidegateError

WORDS_AT_MOST: Final = 8
_WORD: Final = re.compile(r"[^\W_]+")
_PART_AT_LEAST: Final = 3
_STEPS_BETWEEN_LOOKS: Final = 20_000
_ROWS_AT_ONCE: Final = 1_000
_CANCELED: Final = "57014"

# What alerts and incidents are found by.
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "incidents_alert": ("title",),
    "incidents_incident": ("display_name", "custom_tags"),
}
# Every sign between words is made a blank, so that PostgreSQL's own parser sees no hosts, paths or negative
# numbers in them.
_VECTOR: Final = (
    """to_tsvector('simple'::regconfig,"""
    """ regexp_replace(lower((%(expressions)s::text) COLLATE "und-x-icu"), '[^[:alnum:]]+', ' ', 'g'))"""
)
_JOINED: Final = "::text || ' ' || "
# What is found by its parts: index, table, column, and which rows.
_PARTS: Final = (
    ("device_name_part", "devices_device", "dns_name", ""),
    ("identity_upn_part", "devices_identity", "user_principal_name", ""),
    ("identity_name_part", "devices_identity", "display_name", ""),
    ("user_upn_part", "directory_user", "user_principal_name", ""),
    ("user_name_part", "directory_user", "display_name", ""),
    ("indicator_value_part", "incidents_indicator", "value", "WHERE kind IN ('url', 'domain', 'file')"),
)


class SearchTooCostly(TidegateError):
    """It took longer than it may."""


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, at most eight."""
    return all_words_of(text)[:WORDS_AT_MOST]


def all_words_of(text: str) -> list[str]:
    """Every word of a text in lower case: letters and decimal digits, all else stands between words."""
    plain = text.lower()
    if not plain.isascii():
        plain = "".join(sign if sign.isalpha() or sign.isdecimal() else " " for sign in plain)
    return _WORD.findall(plain)


def has_words(model: type[Model], text: str, tenant_id: uuid.UUID | None = None) -> Q:
    """The condition that an alert's or incident's text has these words; of one tenant where it is given."""
    words = words_of(text)
    if not words:
        return Q(pk__in=[])
    if connection.vendor == "postgresql":
        asked = " & ".join(f"'{word}':*" for word in words)
        return Q(_HasWords(*_TEXTS[model._meta.db_table], Value(asked)))
    asked = "words : (" + " AND ".join(f'"{word}" *' for word in words) + ")"
    if tenant_id:
        asked = f'tenant : "{tenant_id.hex}" AND {asked}'
    found = RawSQL("SELECT object FROM incidents_words WHERE incidents_words MATCH %s", [asked])
    return Q(id__in=found)


def has_part(column: str, text: str) -> Q:
    """The condition that a column holds this text, or begins with it."""
    if len(text) < _PART_AT_LEAST or (connection.vendor == "postgresql" and not has_trigrams()):
        return Q(**{f"{column}__istartswith": text})
    return Q(**{f"{column}__icontains": text})


def keeps_words() -> bool:
    """Whether this engine needs to be told what alerts and incidents are called."""
    return connection.vendor == "sqlite"


def keep_words(rows: Iterable[tuple[uuid.UUID, uuid.UUID, str]]) -> None:
    """Let alerts and incidents be found by these words from now on: tenant, id, text. SQLite only."""
    if not keeps_words():
        return
    values = (
        (_row_number(id_), id_.hex, tenant_id.hex, " ".join(all_words_of(text)))
        for tenant_id, id_, text in rows
    )
    with connection.cursor() as cursor:
        for some in batched(values, _ROWS_AT_ONCE):
            cursor.executemany(
                "INSERT OR REPLACE INTO incidents_words (rowid, object, tenant, words)"
                " VALUES (%s, %s, %s, %s)",
                some,
            )


def text_of_incident(display_name: str, tags: Iterable[object]) -> str:
    """Everything of an incident that it is found by."""
    return " ".join([display_name, *(str(tag) for tag in tags)])


class _HasWords(Func):
    """Whether the words of columns match a query, which is the last of its expressions."""

    output_field = BooleanField()

    def as_postgresql(self, compiler: SQLCompiler, _connection: BaseDatabaseWrapper, **_: Any) -> Any:
        """As the indexes have it, to the letter."""
        compiled = [compiler.compile(column) for column in self.get_source_expressions()]
        vector = _VECTOR % {"expressions": _JOINED.join(sql for sql, _params in compiled[:-1])}
        asked, params = compiled[-1]
        return f"{vector} @@ {asked}::tsquery", params


@cache
def has_trigrams() -> bool:
    """Whether the database has pg_trgm; looked up once in a process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        return cursor.fetchone() is not None


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """No statement within takes longer; nothing is written. Raises SearchTooCostly."""
    ends_at = time.monotonic() + seconds
    within = _within_sqlite(ends_at) if connection.vendor == "sqlite" else _within_postgresql(seconds)
    try:
        with within:
            yield
    except OperationalError as error:
        is_canceled = getattr(error.__cause__, "sqlstate", "") == _CANCELED
        if is_canceled or (connection.vendor == "sqlite" and time.monotonic() > ends_at):
            raise SearchTooCostly("The search took too long.") from error
        raise


@contextmanager
def _within_sqlite(ends_at: float) -> Iterator[None]:
    connection.ensure_connection()
    raw: Any = connection.connection
    raw.set_progress_handler(lambda: time.monotonic() > ends_at, _STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


@contextmanager
def _within_postgresql(seconds: float) -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {int(seconds * 1_000)}")
        yield
        # Within another transaction this is a savepoint, and what was set in it ends with it.
        transaction.set_rollback(True)


def make_indexes(database: BaseDatabaseWrapper) -> None:
    """Make what finds texts; for a migration. pg_trgm is left out where the database may not have it."""
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute(
                "CREATE VIRTUAL TABLE incidents_words USING fts5("
                "object UNINDEXED, tenant, words, tokenize = 'unicode61 remove_diacritics 0')"
            )
            return
        for table, columns in _TEXTS.items():
            vector = _VECTOR % {"expressions": _JOINED.join(columns)}
            cursor.execute(f"CREATE INDEX {table}_words ON {table} USING gin (({vector}))")
    if make_extension(database):
        with database.cursor() as cursor:
            for name, table, column, which in _PARTS:
                indexed = f"upper({column}::text) gin_trgm_ops"
                cursor.execute(f"CREATE INDEX {name} ON {table} USING gin ({indexed}) {which}")


def make_extension(database: BaseDatabaseWrapper) -> bool:
    """Have pg_trgm, which whoever owns the database may; whether it is there now."""
    try:
        with transaction.atomic(using=database.alias), database.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return False
    return True


def drop_indexes(database: BaseDatabaseWrapper) -> None:
    """The way back; pg_trgm stays, others may use it."""
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute("DROP TABLE incidents_words")
            return
        for name in [*(f"{table}_words" for table in _TEXTS), *(part[0] for part in _PARTS)]:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def _row_number(id_: uuid.UUID) -> int:
    """A number that FTS5 takes for a key: 63 bits, made of the id, so that no table need hold it."""
    return int.from_bytes(hashlib.blake2b(id_.bytes, digest_size=8).digest()) >> 1
