"""Files that people send: written once, straight into the folder from which a worker reads them."""

import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload

from tidegate.core.ids import uuid7

_log = logging.getLogger(__name__)


class PassingOver(FileUploadHandler):
    """What every form does with files but the one that asks for one: reads past them, and keeps nothing.

    Django reads a form before any view, to check its token; by its own handlers anybody, signed in or
    not, could fill the disk with files sent to any address.
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Pass it over."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Drop what may still come."""

    def file_complete(self, file_size: int) -> None:
        """Nothing was kept."""


class KeepingHandler(FileUploadHandler):
    """Keeps the one file of a form's field, whatever its size, in a file that only the server may read.

    `path` is set while it is kept; `has_failed` says that it could not be written. A full disk ends
    the upload at once and leaves nothing behind; so does whoever goes away half-way.
    """

    def __init__(self, field: str) -> None:
        super().__init__()
        self.path: Path | None = None
        self.has_failed = False
        self._wanted = field
        self._stream: BinaryIO | None = None

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Begin the file; any other is passed over."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        if self.field_name != self._wanted or self.path:
            raise SkipFile
        try:
            self._begin()
        except OSError:
            self._fail()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write on."""
        try:
            if self._stream:
                self._stream.write(raw_data)
        except OSError:
            self._fail()

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        """The whole file is there, and stays there: an import that names it outlives a power cut.

        What was written may only now turn out not to fit.
        """
        try:
            if self._stream and self.path:
                self._stream.flush()
                os.fsync(self._stream.fileno())
                self._stream.close()
                _keep_name(self.path.parent)
        except OSError:
            self._fail()
        self._stream = None
        return UploadedFile(file=None, name=self.file_name, size=file_size)

    def upload_interrupted(self) -> None:
        """Whoever sent it went away, or the last file was passed over, which leaves a whole one as it is."""
        if self._stream:
            self.discard()

    def keep(self) -> None:
        """Leave the file where it is: somebody else removes it from now on."""
        self.path = None

    def discard(self) -> None:
        """Remove the file, unless it was to be kept."""
        if self._stream:
            with suppress(OSError):
                self._stream.close()
        self._stream = None
        if self.path:
            self.path.unlink(missing_ok=True)
        self.path = None

    def _begin(self) -> None:
        folder = Path(settings.TIDEGATE_HOME) / "uploads"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / str(uuid7())
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        self._stream, self.path = os.fdopen(descriptor, "wb"), path

    def _fail(self) -> None:
        _log.exception("an uploaded file could not be written")
        self.discard()
        self.has_failed = True
        raise StopUpload(connection_reset=False)


def _keep_name(folder: Path) -> None:
    """Have a new file's name on the disk, not only what is in it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
