"""Imports: a file is uploaded, kept, read by the worker, and reported; and all that can go wrong."""

import errno
import io
import json
import os
import re
import stat
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.cast import Cast
from tests.connectors.samples import as_lines, graph_alert, graph_incident
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.users import block_user
from tidegate.incidents.jobs import import_uploaded_files
from tidegate.incidents.models import Alert, ImportRun

type Visit = Callable[..., Visitor]

GOOD = as_lines([graph_alert(id="da1"), graph_alert(id="da2", title="Second")])


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.TIDEGATE_HOME = tmp_path
    return tmp_path / "uploads"


def send(visitor: Visitor, data: bytes = GOOD, name: str = "alerts.ndjson") -> Any:
    return visitor.post("/imports", {"file": SimpleUploadedFile(name, data)})


def send_raw(visitor: Visitor, disposition: str, data: bytes = GOOD) -> Any:
    """A body that no browser would write."""
    body = b"\r\n".join(
        [b"--XX", b"Content-Disposition: form-data; " + disposition.encode(), b"", data, b"--XX--", b""]
    )
    return visitor.client.post(
        "/imports",
        body,
        content_type="multipart/form-data; boundary=XX",
        query_params={"tid": visitor.tid},
    )


def only_run(cast: Cast) -> ImportRun:
    run: ImportRun = ImportRun.objects.of_tenant(cast.customer.id).get()
    return run


def kept(home: Path) -> list[Path]:
    return sorted(home.iterdir()) if home.exists() else []


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


def test_missing_file_keeps_the_form_and_names_the_field(visit: Visit, cast: Cast, home: Path) -> None:
    visitor = visit("admin")
    answers = [
        visitor.post("/imports"),
        visitor.post("/imports", {"file": "text, not a file"}),
        visitor.post("/imports", {"other": SimpleUploadedFile("a.json", GOOD)}),
        visitor.client.post("/imports", "x", content_type="text/plain", query_params={"tid": visitor.tid}),
        send_raw(visitor, 'name="file"; filename=""'),
        send_raw(visitor, 'name="file"; filename=".."'),
        send_raw(visitor, 'name="file"; filename="\0"'),
    ]

    for answer in answers:
        assert answer.status_code == 400
        assert "file: choose one" in text_of(answer)
        assert b'type="file"' in answer.content
    assert kept(home) == []
    assert not ImportRun.objects.of_tenant(cast.customer.id).exists()


def test_file_of_no_bytes_is_refused(visit: Visit, cast: Cast, home: Path) -> None:
    answer = send_raw(visit("admin"), 'name="file"; filename="a.json"', b"")

    assert answer.status_code == 400
    assert "file: is empty" in text_of(answer)
    assert kept(home) == []
    assert not ImportRun.objects.of_tenant(cast.customer.id).exists()


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\\\files\\\\a.json", "a.json"),
        ("a\0b.json", "ab.json"),
        ("<b>x</b>&amp;.json", "b>&.json"),
        ("gpj\u202e.json", "gpj.json"),
        ("a\u2066b\u200f.json", "ab.json"),
        ("x" * 300 + ".json", "x" * 250 + ".json"),
    ],
)
def test_hostile_names_are_inert(visit: Visit, cast: Cast, home: Path, name: str, stored: str) -> None:
    visitor = visit("admin")
    answer = send_raw(visitor, f'name="file"; filename="{name}"')

    assert answer.status_code == 302
    run = only_run(cast)
    assert run.file_name == stored
    assert [str(path) for path in kept(home)] == [run.path]
    for path in ("/imports", f"/imports/{run.id}"):
        page = visitor.get(path).content.decode()
        assert "<b>x" not in page
        assert "\u202e" not in page


def test_upload_that_breaks_off_leaves_nothing(visit: Visit, cast: Cast, home: Path) -> None:
    visitor = visit("admin")
    head = b'--XX\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n'
    answer = visitor.client.post(
        "/imports",
        head + GOOD,
        content_type="multipart/form-data; boundary=XX",
        query_params={"tid": visitor.tid},
    )

    assert answer.status_code == 400
    assert kept(home) == []
    assert not ImportRun.objects.of_tenant(cast.customer.id).exists()


def test_files_in_other_fields_are_passed_over(visit: Visit, cast: Cast, home: Path) -> None:
    def file(name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, GOOD)

    data = {"a": file("a.json"), "file": [file("first.json"), file("second.json")], "z": file("z.json")}
    answer = visit("admin").post("/imports", data)

    assert answer.status_code == 302
    assert only_run(cast).file_name == "first.json"
    assert len(kept(home)) == 1


def test_large_file_arrives_whole(visit: Visit, cast: Cast) -> None:
    data = os.urandom(3_000_000)
    send(visit("admin"), data)

    run = only_run(cast)
    assert run.size == len(data)
    assert Path(run.path).read_bytes() == data


@pytest.mark.parametrize("moment", ["open", "write", "fsync"])
def test_full_disk_says_so_and_leaves_nothing(
    visit: Visit, cast: Cast, home: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def refuse(*args: object, **kwargs: object) -> Any:
        raise OSError(errno.ENOSPC, "no space")

    class Full(io.FileIO):
        def write(self, data: object) -> int:
            return refuse()  # type: ignore[no-any-return]

    def open_full(descriptor: int, *args: object, **kwargs: object) -> BinaryIO:
        return Full(descriptor, "wb")

    visitor = visit("admin")
    with monkeypatch.context() as patch:
        if moment == "write":
            patch.setattr("tidegate.web.uploads.os.fdopen", open_full)
        else:
            patch.setattr(f"tidegate.web.uploads.os.{moment}", refuse)
        answer = send(visitor)

    assert answer.status_code == 507
    assert "file: could not be kept" in text_of(answer)
    assert kept(home) == []
    assert not ImportRun.objects.of_tenant(cast.customer.id).exists()


def test_run_that_cannot_be_made_leaves_no_file(
    visit: Visit, cast: Cast, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr("tidegate.web.views.imports.start_import", fail)
    with pytest.raises(RuntimeError):
        send(visit("admin"))

    assert kept(home) == []


def test_form_from_elsewhere_is_refused_before_a_run_is_made(visit: Visit, cast: Cast, home: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.accounts["admin"])
    visitor = Visitor(client, str(cast.customer.id))

    refused = send(visitor)

    assert refused.status_code == 403
    assert kept(home) == []
    assert not ImportRun.objects.of_tenant(cast.customer.id).exists()

    page = visitor.get("/imports").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    data = {"csrfmiddlewaretoken": token[1], "file": SimpleUploadedFile("a.json", GOOD)}
    assert visitor.post("/imports", data).status_code == 302


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
