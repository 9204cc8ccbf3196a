"""Imports: a file is uploaded, kept, read by the worker, and reported; and all that can go wrong."""

import json
import stat
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.cast import Cast
from tests.connectors.samples import as_lines, graph_alert, graph_incident
from tests.web.conftest import Visitor, text_of
from tests.web.importing import GOOD, kept, only_run, send
from tidegate.audit.models import AuditEvent
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.users import block_user
from tidegate.incidents.jobs import import_uploaded_files
from tidegate.incidents.models import Alert, ImportRun

type Visit = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.TIDEGATE_HOME = tmp_path
    return tmp_path / "uploads"


def test_upload_is_kept_then_read_then_counted(visit: Visit, cast: Cast, home: Path) -> None:
    visitor = visit("admin")

    sent = send(visitor)

    run = only_run(cast)
    assert (sent.status_code, sent.url) == (302, f"/imports/{run.id}?tid={cast.customer.id}")
    assert (run.file_name, run.size, run.state) == ("alerts.ndjson", len(GOOD), "waiting")
    assert [str(path) for path in kept(home)] == [run.path]
    assert Path(run.path).read_bytes() == GOOD
    assert stat.S_IMODE(Path(run.path).stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert "alerts" not in Path(run.path).name

    waiting = visitor.client.get(sent.url)
    assert "Waiting" in text_of(waiting)
    assert f'hx-get="/imports/{run.id}/progress?tid=' in waiting.content.decode()
    assert "Refresh" in text_of(waiting)

    assert import_uploaded_files() is True
    assert import_uploaded_files() is False

    assert kept(home) == []
    over = visitor.client.get(sent.url)
    assert "Finished" in text_of(over)
    assert "Microsoft Graph alerts" in text_of(over)
    assert "hx-trigger" not in over.content.decode().partition("<main")[2]
    run = only_run(cast)
    assert (run.created, run.unchanged, run.rejected, run.incidents_created) == (2, 0, 0, 1)
    assert Alert.objects.of_tenant(cast.customer.id).count() == 2


def test_same_file_again_changes_nothing(visit: Visit, cast: Cast) -> None:
    visitor = visit("admin")
    for _ in range(2):
        send(visitor)
        import_uploaded_files()

    last = ImportRun.objects.of_tenant(cast.customer.id).order_by("created_at", "id").last()
    assert last is not None
    assert (last.created, last.updated, last.unchanged) == (0, 0, 2)


def test_progress_part_polls_until_it_is_over(visit: Visit, cast: Cast) -> None:
    visitor = visit("admin")
    send(visitor)
    path = f"/imports/{only_run(cast).id}/progress"

    before = visitor.get(path).content.decode()
    import_uploaded_files()
    after = visitor.get(path).content.decode()

    assert "<html" not in before
    assert 'hx-trigger="every 1s"' in before
    assert "hx-trigger" not in after
    tags = AuditEvent.objects.of_tenant(cast.customer.id).values_list("tag", flat=True)
    assert "imports.viewed" not in tags


def test_faults_are_listed_with_their_place(visit: Visit, cast: Cast) -> None:
    bad = b'{"id": "x1", "<b>": 1}\n'
    visitor = visit("admin")
    send(visitor, GOOD + bad)
    import_uploaded_files()

    run = only_run(cast)
    response = visitor.get(f"/imports/{run.id}")
    text = text_of(response)

    assert (run.created, run.rejected) == (2, 1)
    assert [run.faults[0][name] for name in ("record", "line")] == [3, 3]
    assert "Finished, with faults" in text
    assert run.faults[0]["reason"] in text


@pytest.mark.parametrize(
    "data",
    [b"not json at all", b"{", b"\x00\x01\x02", b"[" * 5000, b"[]", b'{"value": []}', b"<html>", b" \n"],
)
def test_file_that_is_no_such_file_is_reported(visit: Visit, cast: Cast, home: Path, data: bytes) -> None:
    visitor = visit("admin")
    send(visitor, data)

    assert import_uploaded_files() is True

    run = only_run(cast)
    assert run.state in {"finished", "failed"}
    assert run.created == 0
    assert kept(home) == []
    assert visitor.get(f"/imports/{run.id}").status_code == 200


@pytest.mark.parametrize(
    ("name", "status"),
    [("reader", 403), ("analyst", 403), ("lead", 403), ("member", 403), ("helper", 403), ("outsider", 404)],
)
def test_only_those_who_may_import_see_or_send(
    visit: Visit, cast: Cast, home: Path, name: str, status: int
) -> None:
    send(visit("admin"))
    run = only_run(cast)
    before = kept(home)
    visitor = visit(name)

    for path in ("/imports", f"/imports/{run.id}", f"/imports/{run.id}/progress"):
        response = visitor.get(path)
        assert response.status_code == status, path
        assert b"alerts.ndjson" not in response.content
        assert ("alert.import" in text_of(response)) == (status == 403)
    assert send(visitor).status_code == status
    assert kept(home) == before
    assert ImportRun.objects.of_tenant(cast.customer.id).count() == 1


def test_nothing_is_written_for_who_may_not(
    visit: Visit, client: Any, cast: Cast, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even for a moment: the body is not read before the gate has spoken."""
    opened: list[object] = []
    monkeypatch.setattr("tidegate.web.uploads.os.open", lambda *args: opened.append(args))

    for name in ("reader", "analyst", "outsider"):
        send(visit(name))
    send(Visitor(client, str(cast.customer.id)))

    assert opened == []


def test_files_sent_to_other_forms_are_kept_nowhere(settings: Settings, tmp_path: Path, rf: Any) -> None:
    settings.FILE_UPLOAD_HANDLERS = ["tidegate.web.uploads.PassingOver"]
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    data = {"file": SimpleUploadedFile("a.json", b"x" * 3_000_000), "login": "somebody", "z": "last"}

    request = rf.post("/sign-in", data)

    assert request.POST.dict() == {"login": "somebody", "z": "last"}
    assert not request.FILES
    assert list(tmp_path.iterdir()) == []


def test_imports_of_another_tenant_are_not_found(visit: Visit, cast: Cast) -> None:
    send(visit("admin"))
    run, outsider = only_run(cast), visit("outsider", cast.other)

    assert outsider.get(f"/imports/{run.id}").status_code == 404
    assert outsider.get(f"/imports/{run.id}/progress").status_code == 404
    assert b"alerts.ndjson" not in outsider.get("/imports").content
    assert visit("admin").get(f"/imports/{uuid.uuid4()}").status_code == 404


def test_file_never_crosses_tenants(visit: Visit, cast: Cast) -> None:
    data = as_lines([graph_alert(id="da9", tenantId=str(cast.other.id))])
    send(visit("admin"), data)
    import_uploaded_files()

    assert Alert.objects.of_tenant(cast.customer.id).filter(external_id="da9").exists()
    assert not Alert.objects.of_tenant(cast.other.id).exists()


def test_access_lost_between_upload_and_reading(visit: Visit, cast: Cast, home: Path) -> None:
    second = cast.user("reader")
    scope = cast.enter("admin")
    role = cast.role("Security Administrator")
    assign_role(scope, role.id, user_id=second.id)
    assert send(visit("reader")).status_code == 302
    block_user(cast.enter("admin"), second.id)

    assert import_uploaded_files() is True

    run = only_run(cast)
    assert (run.state, run.created) == ("failed", 0)
    assert kept(home) == []
    assert not Alert.objects.of_tenant(cast.customer.id).exists()
    text = text_of(visit("admin").get(f"/imports/{run.id}"))
    assert "Failed" in text
    assert "may no longer enter the tenant" in text


def test_guest_who_may_import_leaves_a_trace(visit: Visit, cast: Cast) -> None:
    role = cast.role("Security Administrator")
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("lead").id)
    visitor = visit("lead")
    sent = send(visitor)
    visitor.get("/imports")
    visitor.client.get(sent.url)
    visitor.get(f"/imports/{only_run(cast).id}/progress")

    seen = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="imports.viewed").order_by("sequence")
    assert list(seen.values_list("target_type", flat=True)) == ["tenant", "import"]


def test_earlier_imports_are_listed_newest_first(visit: Visit, cast: Cast) -> None:
    visitor = visit("admin")
    send(visitor, as_lines([graph_incident(graph_alert())]), "first.json")
    import_uploaded_files()
    send(visitor, name="second.json")

    text = text_of(visitor.get("/imports"))

    assert text.index("second.json") < text.index("first.json")
    assert "Microsoft Graph incidents" in text


def test_list_pages_with_a_constant_number_of_queries(visit: Visit, cast: Cast) -> None:
    visitor = visit("admin")
    send(visitor, b"{}")
    import_uploaded_files()
    one = _count(visitor)
    for number in range(52):
        send(visitor, json.dumps({"id": number}).encode(), f"{number}.json")

    assert _count(visitor) == one
    first = visitor.get("/imports").context
    second = visitor.client.get(first["older_url"]).context
    assert (len(first["runs"]), len(second["runs"])) == (50, 3)
    assert visitor.get("/imports", cursor="nonsense").status_code == 400


def _count(visitor: Visitor) -> int:
    visitor.get("/imports")
    with CaptureQueriesContext(connection) as captured:
        assert visitor.get("/imports").status_code == 200
    return len(captured)
