"""What an open page says it shows, read from its address: rows with the instant of their last change."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from tidegate.core.errors import InvalidInput
from tidegate.incidents.changed import Known
from tidegate.incidents.models import Alert, Incident

ROWS_AT_MOST: Final = 200
_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_HEX: Final = re.compile("[0-9a-f]{32}")
_INVALID: Final = "must be rows as the page has them"


def write_known(row: Incident | Alert) -> str:
    """A row as its page gives it back: tenant, id, and microseconds since 1970, between dots."""
    return f"{row.tenant_id.hex}.{row.id.hex}.{_count(row.last_update_at)}"


def read_known(text: str) -> list[Known]:
    """Rows that a page shows, by comma. Raises InvalidInput."""
    parts = [part for part in text.split(",") if part]
    if len(parts) > ROWS_AT_MOST:
        raise InvalidInput(fields={"rows": _INVALID})
    return [_read_one(part) for part in parts]


def write_instant(at: datetime) -> str:
    """The instant of a change, as pages give it back."""
    return str(_count(at))


def _count(at: datetime) -> int:
    return (at - _BEGIN) // timedelta(microseconds=1)


def _read_one(part: str) -> Known:
    tenant, _, rest = part.partition(".")
    row, _, count = rest.partition(".")
    if not (count.isascii() and count.isdigit()) or len(count) > 17:
        raise InvalidInput(fields={"rows": _INVALID})
    return Known(_read_id(tenant), _read_id(row), _BEGIN + timedelta(microseconds=int(count)))


def _read_id(text: str) -> uuid.UUID:
    if not _HEX.fullmatch(text):
        raise InvalidInput(fields={"rows": _INVALID})
    return uuid.UUID(text)
