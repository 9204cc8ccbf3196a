"""A run from its start to its end, also when it is cut off, and files that a worker reads."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import OperationalError, connection

from tests.cast import INSIDE, NOW, Cast, import_all, make_cast, scope_with
from tests.connectors.samples import alert_of, as_lines, graph_alert, graph_incident
from tidegate.audit.models import AuditEvent, Result
from tidegate.authorization.permissions import Permission
from tidegate.authorization.roles import BuiltInRole
from tidegate.connectors.records import AlertRecord, Rejected
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.users import change_end, remove_user
from tidegate.incidents import jobs
from tidegate.incidents.actions import imports
from tidegate.incidents.actions.imports import LEASE, import_records, import_stream, start_import
from tidegate.incidents.intake import writing
from tidegate.incidents.jobs import import_uploaded_files
from tidegate.incidents.models import Alert, ImportRun, Incident

pytestmark = pytest.mark.usefixtures("now")

GOOD = as_lines([graph_alert(id=f"a{number}") for number in range(3)])


@pytest.fixture
def upload(cast: Cast, tmp_path: Path) -> ImportRun:
    """A file that the customer's administrator has uploaded."""
    path = tmp_path / "upload"
    path.write_bytes(GOOD)
    return start_import(cast.enter("admin"), file_name="alerts.json", size=len(GOOD), path=path)


def reload(run: ImportRun) -> ImportRun:
    return ImportRun.rows.get(pk=run.pk)


def tags(cast: Cast) -> list[str]:
    events = AuditEvent.rows.filter(tenant_id=cast.customer.id, target_type="import").order_by("sequence")
    return list(events.values_list("tag", flat=True))


@pytest.mark.parametrize("who", [name for name in INSIDE if name != "admin"])
def test_only_who_may_imports(cast: Cast, who: str) -> None:
    scope = cast.enter(who)
    with pytest.raises(Forbidden, match=r"alert\.import"):
        start_import(scope, file_name="a.json", size=1)
    run = start_import(cast.enter("admin"), file_name="a.json", size=1)
    with pytest.raises(Forbidden):
        import_stream(scope, run, BytesIO(GOOD))
    assert not Alert.rows.exists()


@pytest.mark.parametrize("name", ["a\nb.json", "\u202egnp.json", "x" * 300, "\udcff.json", "\0"])
def test_a_bad_file_name_is_named(cast: Cast, name: str) -> None:
    with pytest.raises(InvalidInput, match="file"):
        start_import(cast.enter("admin"), file_name=name, size=1)


def test_a_file_name_loses_its_folders(cast: Cast) -> None:
    assert start_import(cast.enter("admin"), file_name="../../etc/a.json", size=1).file_name == "a.json"


def test_the_good_are_kept_and_the_bad_told_with_their_place(cast: Cast) -> None:
    data = as_lines([graph_alert(id="a"), graph_alert(id="b", title=""), {"strange": 1}, graph_alert(id="c")])
    run = start_import(cast.enter("admin"), file_name="a.json", size=len(data))
    seen: list[int] = []
    import_stream(
        cast.enter("admin"), run, BytesIO(data), on_progress=lambda now: seen.append(now.bytes_read)
    )
    run = reload(run)
    assert (run.state, run.created, run.rejected, run.bytes_read) == ("finished", 2, 2, len(data))
    assert [(fault["record"], fault["line"], fault["reason"]) for fault in run.faults] == [
        (2, 2, "title: missing"),
        (3, 3, "none of the known formats"),
    ]
    assert seen == [len(data)]
    assert tags(cast) == ["import.started", "alerts.imported", "import.finished"]


@pytest.mark.parametrize("data", [b"", b"{", b"\0\1\2" * 100, b"[" * 5000, b"\xff\xfe", b"PK\x03\x04"])
def test_a_file_of_nothing_known_is_a_finished_run_with_a_fault(cast: Cast, data: bytes) -> None:
    scope = cast.enter("admin")
    run = import_stream(scope, start_import(scope, file_name="a", size=len(data)), BytesIO(data))
    assert (run.state, run.created, run.incidents_created) == ("finished", 0, 0)
    assert run.rejected == len(run.faults) >= 1


def test_faults_are_counted_beyond_those_that_are_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "FAULTS_KEPT", 2)
    run = import_all(cast.customer, [graph_alert(), *[graph_alert(title="")] * 5])
    assert (run.rejected, len(run.faults)) == (5, 2)


def test_an_event_names_the_alerts_that_are_new_and_those_that_became_worse(cast: Cast) -> None:
    import_all(cast.customer, [graph_alert(id="a"), graph_alert(id="b")])
    later = "2026-03-03T10:00:00Z"
    import_all(
        cast.customer,
        [
            graph_alert(id="a", severity="high", lastUpdateDateTime=later),
            graph_alert(id="b", severity="low", lastUpdateDateTime=later),
            graph_alert(id="c"),
        ],
    )
    ids = {alert.external_id: str(alert.id) for alert in Alert.rows.all()}
    told = [
        json.loads(event.details)
        for event in AuditEvent.rows.filter(tag="alerts.imported").order_by("sequence")
    ]
    assert [(one["new_alert_ids"], one["worse_alert_ids"]) for one in told] == [
        ([ids["a"], ids["b"]], []),
        ([ids["c"]], [ids["a"]]),
    ]


def test_each_batch_is_one_event_and_an_empty_one_none(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "ALERTS_IN_A_BATCH", 2)
    records = [graph_alert(id=str(number)) for number in range(5)]
    import_all(cast.customer, records)
    assert tags(cast).count("alerts.imported") == 3
    import_all(cast.customer, records)
    assert tags(cast).count("alerts.imported") == 3


class Breaking:
    """A source that ends in the middle, as when a process dies."""

    bytes_read = 0

    def __init__(self, records: list[AlertRecord | Rejected]) -> None:
        self.records = records

    def __iter__(self) -> Iterator[AlertRecord | Rejected]:
        yield from self.records
        raise OSError("as intended")


def test_a_run_that_was_cut_off_is_taken_up_from_its_beginning(
    cast: Cast, upload: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "ALERTS_IN_A_BATCH", 1)
    upload.state, upload.claimed_until = "running", NOW + LEASE
    upload.save()
    with pytest.raises(OSError, match="as intended"):
        import_records(cast.enter("admin"), upload, Breaking([alert_of(graph_alert(id="a0"))]))
    assert reload(upload).created == 1
    assert not import_uploaded_files()
    with standing_at(NOW + LEASE + timedelta(seconds=1)):
        assert import_uploaded_files()
    run = reload(upload)
    assert (run.state, run.created, run.unchanged, run.claimed_until) == ("finished", 2, 1, None)
    assert Alert.rows.count() == 3


def test_an_uploaded_file_is_read_and_gone(cast: Cast, upload: ImportRun) -> None:
    assert import_uploaded_files()
    run = reload(upload)
    assert (run.state, run.created, run.finished_at) == ("finished", 3, NOW)
    assert not Path(run.path).exists()
    assert not import_uploaded_files()
    event = AuditEvent.rows.filter(tag="import.finished").get()
    assert (event.actor_email, event.tenant_id) == ("admin@customer.example", cast.customer.id)


@pytest.mark.parametrize("how", ["removed", "ended", "inactive"])
def test_who_lost_access_meanwhile_brings_nothing_in(cast: Cast, upload: ImportRun, how: str) -> None:
    admin, user = cast.enter("admin"), cast.user("admin")
    assign_role(admin, cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR).id, user_id=cast.user("member").id)
    if how == "removed":
        remove_user(admin, user.id)
    elif how == "ended":
        change_end(admin, user.id, ends_at=NOW)
    else:
        account = cast.accounts["admin"]
        account.is_active = False
        account.save()
    assert import_uploaded_files()
    run = reload(upload)
    assert run.state == "failed"
    assert "no longer enter" in run.faults[0]["reason"]
    assert not Path(run.path).exists()
    assert not Alert.rows.exists()
    assert AuditEvent.rows.filter(tag="import.finished").get().result == Result.FAILURE


def test_who_lost_the_permission_alone_is_told_so(cast: Cast, upload: ImportRun) -> None:
    ImportRun.rows.filter(pk=upload.pk).update(account_id=cast.accounts["reader"].id)
    assert import_uploaded_files()
    assert reload(upload).state == "failed"
    assert "alert.import" in reload(upload).faults[0]["reason"]


def test_a_file_that_is_gone_fails_its_run(cast: Cast, upload: ImportRun) -> None:
    Path(upload.path).unlink()
    assert import_uploaded_files()
    assert (reload(upload).state, len(reload(upload).faults)) == ("failed", 1)


def test_a_fault_of_ours_is_not_tried_for_ever(
    cast: Cast, upload: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("secret detail")

    monkeypatch.setattr(imports, "take_in", fail)
    assert import_uploaded_files()
    run = reload(upload)
    assert run.state == "failed"
    assert "secret" not in str(run.faults)


def test_a_database_that_went_away_leaves_the_run_for_later(
    cast: Cast, upload: ImportRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(imports, "take_in", fail)
        with pytest.raises(OperationalError):
            import_uploaded_files()
    assert reload(upload).state == "running"
    with standing_at(NOW + LEASE + timedelta(seconds=1)):
        assert import_uploaded_files()
    assert reload(upload).state == "finished"


def test_a_claimed_run_is_nobody_elses(cast: Cast, upload: ImportRun) -> None:
    assert jobs._claim_next() is not None
    assert jobs._claim_next() is None


def test_a_run_without_a_file_waits_for_no_worker(cast: Cast) -> None:
    start_import(cast.enter("admin"), file_name="a.json", size=1)
    assert not import_uploaded_files()


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_give_every_incident_its_own_number() -> None:
    cast = make_cast()
    begin = threading.Barrier(3)
    failed: list[BaseException] = []

    def work(name: str) -> None:
        try:
            begin.wait(10)
            for number in range(4):
                alone = [graph_alert(id=f"{name}{number}{n}", incidentId=None, evidence=[]) for n in range(5)]
                shared = graph_incident(graph_alert(id="shared"), id=str(number))
                import_all(cast.customer, [*alone, shared])
        except BaseException as error:  # noqa: BLE001  it is reported by the thread that waits
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    numbers = list(Incident.rows.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 3 * 4 * 5 + 4
    assert Alert.rows.count() == 3 * 4 * 5 + 1


def test_the_operators_import_names_no_account(cast: Cast) -> None:
    run = start_import(scope_with(cast.customer, Permission.ALERT_IMPORT), file_name="a", size=0)
    assert (run.account_id, run.user_id) == (None, None)
    assert run.user_name == "Operator, on the command line"


def test_tables_are_looked_at_as_they_grow(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(imports, "ALERTS_IN_A_BATCH", 2)
    monkeypatch.setattr(writing, "LOOKS_AT", (3, 24))
    monkeypatch.setattr(writing, "look_at_grown", lambda _tables, rows: looked.append(rows))
    for first in (0, 0, 30):
        data = as_lines([graph_alert(id=f"a{number}") for number in range(first, first + 30)])
        scope = cast.enter("admin")
        run = start_import(scope, file_name="alerts.ndjson", size=len(data))
        import_stream(scope, run, BytesIO(data))

    # Of the same file again nothing is new.
    assert looked == [4, 24, 4, 24]


def test_what_came_in_stays_where_the_database_cannot_look(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_tables: object, _rows: int) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(writing, "LOOKS_AT", (1,))
    monkeypatch.setattr(writing, "look_at_grown", refuse)
    data = as_lines([graph_alert()])
    run = start_import(cast.enter("admin"), file_name="alerts.ndjson", size=len(data))
    import_stream(cast.enter("admin"), run, BytesIO(data))
    assert (run.state, run.created) == (ImportRun.State.FINISHED, 1)
    assert "could not look at its tables" in caplog.text
