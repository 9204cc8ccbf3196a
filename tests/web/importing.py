"""What tests of imports share: a file worth sending, and ways of sending it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast
from tests.connectors.samples import as_lines, graph_alert
from tests.web.conftest import Visitor
from tidegate.incidents.models import ImportRun

type Visit = Callable[..., Visitor]

GOOD = as_lines([graph_alert(id="da1"), graph_alert(id="da2", title="Second")])


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
