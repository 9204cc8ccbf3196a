"""Which alerts of a tenant name the same as new ones do: one statement for a whole batch.

Each thing is looked up by itself, by an index that begins with it, and within the time that matters; of what
is found no more is handed on than some full incidents hold, so that a device that everything is about does
not drown the rest. The two databases differ in how a subquery is joined with each row outside;
`tests/incidents/test_correlating.py` holds both to the same.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec
from django.db import connection

from tidegate.core.prepared import run_statement
from tidegate.incidents.correlation.matching import Named, Span
from tidegate.incidents.models import CorrelationKey, CorrelationKind


class Stored(NamedTuple):
    """That an alert named something, as the table keeps it; its incident is asked once it is locked."""

    kind: CorrelationKind
    value: str
    device_key: str
    alert_id: uuid.UUID
    span: Span


def find_stored(tenant_id: uuid.UUID, wanted: Iterable[tuple[Named, Span]], at_most: int) -> list[Stored]:
    """The alerts of the tenant that named this, active within this time; of each the last `at_most`."""
    kept = _KeptTimes()
    sought = [[kind, value, kept[first], kept[last]] for (kind, value), (first, last) in wanted]
    if not sought:
        return []
    told = msgspec.json.encode(sought).decode()
    tenant = _FIELDS["tenant_id"].get_db_prep_value(tenant_id, connection)
    sql = _STATEMENTS[connection.vendor]
    return list(_read(run_statement(sql, [told, tenant, at_most], is_planned_anew=True)))


class _KeptTimes(dict[datetime, str]):
    """Times as they stand in the table; all that one alert names has the same."""

    def __missing__(self, moment: datetime) -> str:
        self[moment] = kept = str(_FIELDS["last_at"].get_db_prep_value(moment, connection))
        return kept


def _read(rows: Iterable[Any]) -> Iterator[Stored]:
    for kind, value, device_key, alert_id, first, last in rows:
        span = Span(_read_time(first), _read_time(last))
        yield Stored(CorrelationKind(kind), value, device_key, _read_id(alert_id), span)


def _read_id(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def _read_time(value: Any) -> datetime:
    """SQLite keeps times in UTC, without saying so."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_FIELDS: Final = {field.attname: field for field in CorrelationKey._meta.concrete_fields}
_TABLE: Final = CorrelationKey._meta.db_table
_COLUMNS: Final = '"kind", "value", "device_key", "alert_id", "first_at", "last_at"'
_STATEMENTS: Final = MappingProxyType(
    {
        "postgresql": f"""
            SELECT "near".* FROM (
                SELECT "one"->>0 AS "kind", "one"->>1 AS "value",
                    ("one"->>2)::timestamptz AS "begin", ("one"->>3)::timestamptz AS "end"
                FROM jsonb_array_elements(%s::jsonb) "one"
            ) "sought" CROSS JOIN LATERAL (
                SELECT {_COLUMNS} FROM "{_TABLE}" "k"
                WHERE "k"."tenant_id" = %s AND "k"."kind" = "sought"."kind" AND "k"."value" = "sought"."value"
                    AND "k"."last_at" >= "sought"."begin" AND "k"."first_at" <= "sought"."end"
                ORDER BY "k"."last_at" DESC LIMIT %s
            ) "near"
            """,  # noqa: S608  our own names
        # A subquery in FROM may not look at the rows beside it, but one behind IN may.
        "sqlite": f"""
            SELECT {_COLUMNS.replace('"kind"', '"near"."kind"').replace('"value"', '"near"."value"')}
            FROM json_each(%s) "sought" CROSS JOIN "{_TABLE}" "near" ON "near"."rowid" IN (
                SELECT "k"."rowid" FROM "{_TABLE}" "k"
                WHERE "k"."tenant_id" = %s AND "k"."kind" = json_extract("sought"."value", '$[0]')
                    AND "k"."value" = json_extract("sought"."value", '$[1]')
                    AND "k"."last_at" >= json_extract("sought"."value", '$[2]')
                    AND "k"."first_at" <= json_extract("sought"."value", '$[3]')
                ORDER BY "k"."last_at" DESC LIMIT %s
            )
            """,  # noqa: S608  the same
    }
)
