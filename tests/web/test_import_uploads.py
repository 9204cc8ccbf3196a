"""Imports: a file is uploaded, kept, read by the worker, and reported; and all that can go wrong."""

import errno
import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of
from tests.web.importing import GOOD, kept, only_run, send, send_raw
from tidegate.incidents.models import ImportRun

type Visit = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.TIDEGATE_HOME = tmp_path
    return tmp_path / "uploads"


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
