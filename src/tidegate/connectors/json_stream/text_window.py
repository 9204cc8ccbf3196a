"""The part of a file's text that is in memory, and where in the file it stands.

Bytes that are no text of the encoding, and NUL, become lone surrogates, one for each byte, so that byte
offsets stay exact; whoever takes text out of the window replaces them.
"""

import codecs
import re
from typing import BinaryIO

from tidegate.connectors.records import Position

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "surrogateescape"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "surrogatepass"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "surrogatepass"),
)
# As many bytes as NUL has, in either encoding, and as unwelcome in the end.
STAND_IN = "\udc80"
_LITTLE = 16 * 1024
_BLANK = re.compile(r"[ \t\r\n]*")


class TextWindow:
    """Decoded text from a binary stream; `text[at:]` is not consumed yet, `ended` says nothing follows it.

    `had_text` says that something other than white space was met.
    """

    def __init__(self, stream: BinaryIO, chunk_bytes: int) -> None:
        self._stream = stream
        self._chunk_bytes = chunk_bytes
        self._line = 1
        self._byte = 0
        self._counted = 0
        self._encoding = ""
        self._errors = ""
        self._decoder: codecs.IncrementalDecoder
        self.bytes_read = 0
        self.text = ""
        self.at = 0
        self.ended = False
        self.had_text = False
        self._start()

    def grow(self) -> bool:
        """Read a chunk, or as much as is held already; forget what is consumed. False at the end."""
        if self.ended:
            return False
        self._forget()
        fresh = self._read(max(self._chunk_bytes, len(self.text)))
        self.text += fresh
        return bool(fresh) or not self.ended

    def trim(self) -> None:
        """Forget what is consumed when it is much: errors of the JSON decoder count lines from the start."""
        if self.at > max(_LITTLE, len(self.text) // 16):
            self._forget()

    def hold(self, length: int) -> bool:
        """Read until `length` characters are held; False when the file has fewer."""
        while len(self.text) - self.at < length:
            if not self.grow():
                return False
        return True

    def skip_blank(self) -> str:
        """Consume white space and give the next character without consuming it; "" at the end."""
        while True:
            match = _BLANK.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text):
                self.had_text = True
                return self.text[self.at]
            if not self.grow():
                return ""

    def position(self, record: int) -> Position:
        """Say where the next character stands in the file."""
        self._count_to(self.at)
        return Position(record, self._line, self._byte)

    def _forget(self) -> None:
        self._count_to(self.at)
        self.text = self.text[self.at :]
        self.at = self._counted = 0

    def _start(self) -> None:
        head = self._read_bytes(max(self._chunk_bytes, 3))
        for mark, encoding, errors in _BYTE_ORDER_MARKS:
            if head.startswith(mark):
                self._byte, self._encoding, self._errors = len(mark), encoding, errors
                break
        else:
            self._encoding, self._errors = "utf-8", "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(self._encoding)(self._errors)
        self.text = self._decode(head[self._byte :])

    def _read(self, size: int) -> str:
        return self._decode(self._read_bytes(size))

    def _read_bytes(self, size: int) -> bytes:
        parts: list[bytes] = []
        while size > 0 and (part := self._stream.read(size)):
            parts.append(part)
            size -= len(part)
        self.ended = size > 0
        data = b"".join(parts)
        self.bytes_read += len(data)
        return data

    def _decode(self, data: bytes) -> str:
        try:
            text = self._decoder.decode(data, self.ended)
        except UnicodeDecodeError as error:
            # Half a UTF-16 character at the very end of the file.
            text = error.object[: error.start].decode(self._encoding, "replace") + "\ufffd"
        return text.replace("\0", STAND_IN)

    def _count_to(self, end: int) -> None:
        passed = self.text[self._counted : end]
        self._line += passed.count("\n")
        ascii_bytes = 1 if self._encoding == "utf-8" else 2
        self._byte += (
            len(passed) * ascii_bytes
            if passed.isascii()
            else len(passed.encode(self._encoding, self._errors))
        )
        self._counted = end
