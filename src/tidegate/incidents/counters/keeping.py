"""The counters are kept: whoever changes rows tells what they were."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from django.db.models import F

from tidegate.core.prepared import NUMBER, UUID
from tidegate.core.prepared_writes import PreparedUpdate
from tidegate.incidents.counters.tally import COLUMNS, Tally, tally
from tidegate.incidents.models import Alert, Incident, QueueCounter


class Standing:
    """What rows counted as before they were changed. They must be locked, or be nobody else's to change."""

    def __init__(self, rows: Iterable[Incident | Alert]) -> None:
        self._was = {row.id: tally([row]) for row in rows}

    def note_change(self, tenant_id: uuid.UUID, rows: Collection[Incident | Alert]) -> None:
        """These rows were written as they stand now; those that were not there before are new.

        One statement, or none where nothing counts otherwise.
        """
        change: Tally = tally(rows)
        for row in rows:
            change.subtract(self._was.get(row.id, {}))
        add_to_counter(tenant_id, change)


@contextmanager
def counting(tenant_id: uuid.UUID, rows: Collection[Incident | Alert]) -> Iterator[None]:
    """Around the change of rows of one tenant, which are written within."""
    standing = Standing(rows)
    yield
    standing.note_change(tenant_id, rows)


def add_to_counter(tenant_id: uuid.UUID, change: Tally) -> None:
    """Add to a tenant's counter, within the caller's transaction."""
    if not any(change.values()):
        return
    added = {column: change[column] for column in COLUMNS}
    if not _ADD.run(tenant_id=tenant_id, **added):
        # Two may find none at once; the row of the first is then the second's too.
        QueueCounter.objects.bulk_create([QueueCounter(tenant_id=tenant_id)], ignore_conflicts=True)
        _ADD.run(tenant_id=tenant_id, **added)


def set_counter(tenant_id: uuid.UUID, counted: Tally, columns: Iterable[str]) -> None:
    """Make a tenant's counter say this, whatever it said."""
    kept = QueueCounter.objects.of_tenant(tenant_id).values(*columns).first()
    add_to_counter(tenant_id, Counter({name: counted[name] - (kept or {}).get(name, 0) for name in columns}))


_ADD: Final = PreparedUpdate(
    lambda tenant_id, **added: (
        QueueCounter.objects.of_tenant(tenant_id),
        {column: F(column) + number for column, number in added.items()},
    ),
    tenant_id=UUID,
    **dict.fromkeys(COLUMNS, NUMBER),
)
