"""A mail from plain data: multipart, plain and HTML, with the headers that mail programs sort by.

Everything that others wrote goes through `one_line` before it becomes a header; Python's own library
then refuses line ends in headers as well.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from typing import Final

LONGEST_SUBJECT: Final = 200


class _Whole(UnstructuredHeader, BaseHeader):
    """A header that programs read, on one line, which may have 998 signs (RFC 5322, section 2.1.1).

    Python breaks longer ones into encoded words, which may stand only in text for people (RFC 2047).
    """

    def fold(self, *, policy: Policy) -> str:
        """The header as it goes over the wire."""
        return f"{self.name}: {self}{policy.linesep}"


class _Headers(HeaderRegistry):
    """Which headers those are."""

    def __init__(self) -> None:
        super().__init__()
        for name in ("in-reply-to", "references", "message-id", "list-unsubscribe"):
            self.map_to_type(name, _Whole)


# Without 8-bit bodies every server can pass it on as it is, and signatures stay whole.
_POLICY: Final = SMTP.clone(cte_type="7bit", max_line_length=78, header_factory=_Headers())


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
    """The mail as it goes over the wire."""
    message = EmailMessage(policy=_POLICY)
    message["From"] = _address(mail.sender)
    message["To"] = _address(mail.recipient)
    message["Subject"] = cut(one_line(mail.subject), LONGEST_SUBJECT)
    message["Date"] = format_datetime(mail.sent_at)
    message["Message-ID"] = f"<{mail.message_id}>"
    if mail.thread_id:
        # RFC 5322, section 3.6.4: all mails of one thread refer to the same one, sent or not.
        message["In-Reply-To"] = message["References"] = f"<{mail.thread_id}>"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    # RFC 3834 and Exchange's own word: nobody's holiday answer comes back to us.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.is_urgent:
        message["Importance"] = "high"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    # Last: whoever sets the content takes away what was said of it.
    message["Content-Language"] = mail.language
    return message.as_bytes()


def one_line(text: str) -> str:
    """Without anything that breaks a line, turns its direction or cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def cut(text: str, longest: int) -> str:
    """At most so many characters; what is cut shows."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def bare_address(text: str) -> str:
    """The address alone, of "Name <address>"."""
    return parseaddr(text)[1] or text


def _address(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(one_line(name), addr_spec=address)
