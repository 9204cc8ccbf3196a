"""A mail from plain data: multipart, plain and HTML, with the headers that mail programs sort by.

Everything that others wrote goes through `one_line` before it becomes a header, and no header is written
that would end its line. Only addresses are left to Python's own library, which takes a hundred times as
long for everything: a burst of alerts is a burst of mails.
"""

import binascii
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from typing import Final

LONGEST_SUBJECT: Final = 200
# RFC 5322, section 2.1.1, and what may stand in a line as it is; else the body is encoded.
_LONGEST_LINE: Final = 998
_PLAIN: Final = re.compile(rb"[\t\n\x20-\x7e]*")
_ENDS_LINE: Final = re.compile(r"[\r\n]")


@dataclass(frozen=True, slots=True)
class Mail:
    """What a mail says, to one reader. `message_id` and `thread_id` stand without angle brackets.

    `unsubscribe_url` takes a POST without asking anything (RFC 8058); it may be empty.
    """

    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    message_id: str
    sent_at: datetime
    thread_id: str = ""
    unsubscribe_url: str = ""
    language: str = "en"
    is_urgent: bool = False


def compose(mail: Mail) -> bytes:
    """The mail as it goes over the wire, in ASCII. Raises ValueError for an address that no mail can have."""
    head = [
        _write_person("From", mail.sender),
        _write_person("To", mail.recipient),
        _write("Subject", _encode_words(cut(one_line(mail.subject), LONGEST_SUBJECT))),
        _write("Date", format_datetime(mail.sent_at)),
        # What programs read stands as it is, on one line: encoded words may stand only in text for
        # people (RFC 2047).
        _write("Message-ID", f"<{mail.message_id}>"),
    ]
    if mail.thread_id:
        # RFC 5322, section 3.6.4: all mails of one thread refer to the same one, sent or not.
        head += [_write(name, f"<{mail.thread_id}>") for name in ("References", "In-Reply-To")]
    if mail.unsubscribe_url:
        head.append(_write("List-Unsubscribe", f"<{mail.unsubscribe_url}>"))
        head.append(_write("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    # RFC 3834 and Exchange's own word: nobody's holiday answer comes back to us.
    head.append(_write("Auto-Submitted", "auto-generated"))
    head.append(_write("X-Auto-Response-Suppress", "All"))
    if mail.is_urgent:
        head.append(_write("Importance", "high"))
    head += [_write("Content-Language", mail.language), _write("MIME-Version", "1.0")]
    return "".join(head).encode("ascii") + _write_content(mail)


def one_line(text: str) -> str:
    """Without anything that breaks a line, turns its direction or cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def cut(text: str, longest: int) -> str:
    """At most so many characters; what is cut shows."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def bare_address(text: str) -> str:
    """The address alone, of "Name <address>"."""
    return parseaddr(text)[1] or text


@lru_cache(maxsize=4096)
def _write_person(name: str, text: str) -> str:
    """A header of one address: the same few senders and recipients, again and again."""
    display_name, address = parseaddr(text)
    person = Address(one_line(display_name), addr_spec=address)
    return str(SMTP.header_factory(name, person).fold(policy=SMTP))


def _write(name: str, value: str) -> str:
    if _ENDS_LINE.search(value.replace("\r\n ", "")):
        message = f"{name} would end its line"
        raise ValueError(message)
    return f"{name}: {value}\r\n"


def _encode_words(text: str) -> str:
    """Text for people in a header, encoded where it is not ASCII.

    Also where it would be read as encoded: `=?utf-8?q?=E2=80=AEcod.exe?=` shows what `one_line` took away.
    """
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=76, header_name="Subject").encode(linesep="\r\n")


def _write_content(mail: Mail) -> bytes:
    plain = _write_part("plain", mail.text)
    if not mail.html:
        return plain
    boundary = f"=_{secrets.token_hex(16)}"
    kind = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n'
    # RFC 2046, section 5.1.1: the line end before a boundary belongs to the boundary.
    begin, end = f"\r\n--{boundary}\r\n".encode(), f"\r\n--{boundary}--\r\n".encode()
    return b"".join((kind.encode(), begin, plain, begin, _write_part("html", mail.html), end))


def _write_part(subtype: str, text: str) -> bytes:
    """A text with its headers: as it is where every server takes that, else whichever is shorter."""
    lines = text.encode(errors="replace").splitlines()
    content, encoding = b"\n".join([*lines, b""]), "7bit"
    if not _PLAIN.fullmatch(content) or max(map(len, lines), default=0) > _LONGEST_LINE:
        content, encoding = _encode(content)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + content.replace(b"\n", b"\r\n")


def _encode(content: bytes) -> tuple[bytes, str]:
    quoted = binascii.b2a_qp(content, istext=True)
    # In base64 lines end as they do on the wire (RFC 2045, section 6.8).
    whole = content.replace(b"\n", b"\r\n")
    if len(quoted) * 3 <= len(whole) * 4:
        return quoted, "quoted-printable"
    steps = range(0, len(whole), 57)
    return b"".join(binascii.b2a_base64(whole[start : start + 57]) for start in steps), "base64"
