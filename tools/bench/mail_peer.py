"""An SMTP server that takes every mail and notes when: a process of its own, so that it takes nobody's time.

`python -m tools.bench.mail_peer PORT FILE` appends one line to FILE for each mail, in the moment before
it says so: the machine's monotonic clock, and the mail's subject.
"""

import asyncio
import sys
import time
from email.parser import BytesHeaderParser
from email.policy import default
from typing import TextIO

from aiosmtpd.smtp import SMTP, Envelope, Session


class Taker:
    """Takes mails; the file says which, and when."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._parser = BytesHeaderParser(policy=default)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Note a mail and take it."""
        at = time.monotonic()
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        subject = self._parser.parsebytes(content.partition(b"\r\n\r\n")[0])["Subject"]
        self._file.write(f"{at:.6f} {subject}\n")
        return "250 Taken"


async def take_mails(port: int, path: str) -> None:
    """Take mails until the process is told to stop."""
    with open(path, "a", buffering=1) as file:  # noqa: ASYNC230, PTH123  opened once, before anything is served
        taker = Taker(file)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(taker, hostname="127.0.0.1"), "127.0.0.1", port)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(take_mails(int(sys.argv[1]), sys.argv[2]))
