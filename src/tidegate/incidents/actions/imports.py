"""A file is taken in: started, read as a stream batch by batch, and reported.

Each batch is one transaction with one event that names it. A run that was cut off is taken up
again from its beginning: what came in already changes nothing, and what a power cut undid comes in again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.audit.models import Result
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.connectors.reading import RecordReader
from tidegate.connectors.records import IncidentRecord, Record, Rejected
from tidegate.core import clock
from tidegate.core.ahead import read_ahead
from tidegate.core.light import light_transaction
from tidegate.core.text import clean_line
from tidegate.incidents.intake.batch import Counts
from tidegate.incidents.intake.writing import Growth, take_in
from tidegate.incidents.models import ImportRun

ALERTS_IN_A_BATCH: Final = 500
FAULTS_KEPT: Final = 1000
LEASE: Final = timedelta(minutes=2)

type Progress = Callable[[ImportRun], None]


class ReadsRecords(Protocol):
    """A reader of records that knows how far it is."""

    @property
    def bytes_read(self) -> int:
        """Bytes of the source read so far."""
        ...

    def __iter__(self) -> Iterator[Record | Rejected]:
        """The records, and what could not be read, in the order of the source."""
        ...


def start_import(scope: Scope, *, file_name: str, size: int, path: Path | None = None) -> ImportRun:
    """Begin an import into the scope's tenant. With `path` a worker will read that file.

    Raises Forbidden, InvalidInput.
    """
    require(scope, Permission.ALERT_IMPORT)
    name = clean_line(Path(file_name).name or "file", "file", longest=256)
    with transaction.atomic():
        run = ImportRun.rows.create(
            tenant_id=scope.tenant_id,
            file_name=name,
            path=str(path or ""),
            size=size,
            user_id=scope.entry.user_id,
            account_id=scope.actor.account_id,
            user_name=scope.actor.display_name[:320],
            created_at=clock.now(),
        )
        record(scope, "import.started", _target(run), details={"size": size})
    return run


def import_stream(
    scope: Scope, run: ImportRun, stream: BinaryIO, *, on_progress: Progress = lambda _: None
) -> ImportRun:
    """Read a stream to its end into the scope's tenant; the good records are kept, the bad reported.

    Raises Forbidden. What the stream holds never raises: it becomes a fault of the run.
    """
    return import_records(scope, run, RecordReader(stream), on_progress=on_progress)


def import_records(
    scope: Scope, run: ImportRun, reader: ReadsRecords, *, on_progress: Progress = lambda _: None
) -> ImportRun:
    """Take in what a reader gives, in batches of some hundred alerts."""
    require(scope, Permission.ALERT_IMPORT)
    _reset(run)
    growth = Growth()
    # While a batch is written, which is the database's work, the next one is read.
    for read in read_ahead(_read_batches(reader)):
        _note_read(run, read)
        if read.records:
            growth.note(_take_batch(scope, run, read.records))
        on_progress(run)
    run.bytes_read = reader.bytes_read
    return _finish(scope, run, ImportRun.State.FINISHED, Result.SUCCESS)


def fail_import(scope: Scope, run: ImportRun, reason: str) -> ImportRun:
    """End a run that cannot be read at all, with the reason for a person."""
    run.faults = [*run.faults, {"record": 0, "line": 0, "byte": run.bytes_read, "reason": reason}]
    return _finish(scope, run, ImportRun.State.FAILED, Result.FAILURE)


@dataclass(slots=True)
class _Read:
    """What is read for one batch: its records, what could not be read, how far the source is read."""

    records: list[Record] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    alerts: int = 0
    bytes_read: int = 0

    def add(self, item: Record | Rejected) -> None:
        """One more."""
        if isinstance(item, Rejected):
            self.rejected.append(item)
            return
        item.work_out()
        self.records.append(item)
        self.alerts += max(1, len(item.alerts)) if isinstance(item, IncidentRecord) else 1

    @property
    def is_full(self) -> bool:
        """Whether no more belongs in it."""
        return self.alerts >= ALERTS_IN_A_BATCH or len(self.rejected) >= FAULTS_KEPT


def _read_batches(reader: ReadsRecords) -> Iterator[_Read | None]:
    """Batches, and None for each record on the way to one."""
    read = _Read()
    for item in reader:
        read.add(item)
        if read.is_full:
            read.bytes_read = reader.bytes_read
            yield read
            read = _Read()
        else:
            yield None
    if read.records or read.rejected:
        read.bytes_read = reader.bytes_read
        yield read


def _note_read(run: ImportRun, read: _Read) -> None:
    run.bytes_read = read.bytes_read
    for fault in read.rejected:
        _note_fault(run, fault)
    formats = dict.fromkeys(record.source_format for record in read.records)
    run.formats = [*run.formats, *(name for name in formats if name not in run.formats)]


def _take_batch(scope: Scope, run: ImportRun, records: list[Record]) -> int:
    """How many alerts are new."""
    # On the disk with the end of the run at the latest, which waits for all that came before.
    with light_transaction(savepoint=True):
        taken = take_in(scope.tenant_id, records)
        counts = taken.counts
        for name in Counts.__slots__:
            setattr(run, name, getattr(run, name) + getattr(counts, name))
        run.claimed_until = clock.now() + LEASE
        run.save()
        if counts.changed_anything:
            details: dict[str, object] = {name: getattr(counts, name) for name in Counts.__slots__}
            record(scope, "alerts.imported", _target(run), details=details | taken.details())
    return counts.created


def _note_fault(run: ImportRun, fault: Rejected) -> None:
    run.rejected += 1
    if len(run.faults) < FAULTS_KEPT:
        where = fault.position
        entry = {
            "record": where.record,
            "line": where.line,
            "byte": where.byte,
            "reason": fault.reason[:500],
        }
        run.faults = [*run.faults, entry]


def _reset(run: ImportRun) -> None:
    for name in (*Counts.__slots__, "rejected", "bytes_read"):
        setattr(run, name, 0)
    run.faults, run.formats = [], []
    run.state = ImportRun.State.RUNNING


def _finish(scope: Scope, run: ImportRun, state: ImportRun.State, result: Result) -> ImportRun:
    with transaction.atomic():
        run.state, run.finished_at, run.claimed_until = state, clock.now(), None
        run.save()
        details = {name: getattr(run, name) for name in (*Counts.__slots__, "rejected")}
        record(scope, "import.finished", _target(run), result=result, details=details)
    return run


def _target(run: ImportRun) -> Target:
    return Target("import", str(run.id), run.file_name)
