"""A notice as a mail: its words in the reader's language, and the address in the tenant it is about.

Mails are plain text. What people wrote stands in them on one line each, so that nobody's name or reason
can add a line, a header or a paragraph of its own.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import override

from tidegate.entitlements.models import Notice
from tidegate.entitlements.notices import NoticeKind

LONGEST_SUBJECT: Final = 200
LONGEST_WORDS: Final = 500

PATHS: Final[Mapping[NoticeKind, str]] = MappingProxyType(
    {
        NoticeKind.APPROVAL_NEEDED: "/approvals/{request_id}",
        NoticeKind.APPROVAL_ESCALATED: "/approvals/{request_id}",
        NoticeKind.REQUEST_APPROVED: "/myaccess/requests/{request_id}",
        NoticeKind.REQUEST_DENIED: "/myaccess/requests/{request_id}",
        NoticeKind.REQUEST_EXPIRED: "/myaccess/requests/{request_id}",
        NoticeKind.DELIVERY_FAILED: "/myaccess/requests/{request_id}",
        NoticeKind.ACCESS_GIVEN: "/",
        NoticeKind.ACCESS_EXTENDED: "/myaccess",
        NoticeKind.ACCESS_ENDS_SOON: "/myaccess/assignments/{assignment_id}/extend",
        NoticeKind.ACCESS_ENDED: "/myaccess",
        NoticeKind.BREAK_GLASS_OPENED: "/break-glass/{assignment_id}",
        NoticeKind.WRITE_UP_DUE: "/break-glass/write-ups/{assignment_id}",
        NoticeKind.WRITE_UP_WRITTEN: "/break-glass/{assignment_id}",
        NoticeKind.REVIEW_STARTED: "/reviews/{review_id}",
        NoticeKind.SELF_REVIEW_STARTED: "/reviews/{review_id}",
        NoticeKind.ELEVATION_NEEDED: "/elevation",
        NoticeKind.ELEVATION_APPROVED: "/",
        NoticeKind.ELEVATION_DENIED: "/elevation",
        NoticeKind.ELEVATION_STARTED: "/elevation/history",
        NoticeKind.OUTSIDE_ACCESS_STOPPED: "/outside-access",
        NoticeKind.OUTSIDE_ACCESS_RESTORED: "/outside-access",
    }
)
"""Where each mail leads, in the tenant it is about."""

_INSTANTS: Final = frozenset({"until", "starts_at", "ends_at"})


def write_mail(notice: Notice) -> EmailMessage:
    """The mail of a notice, whose tenant is loaded with it. The first line of a template is the subject."""
    context = {name: _show(name, value) for name, value in notice.values.items()}
    context |= {"tenant": _one_line(notice.tenant.display_name), "link": link_of(notice)}
    with override(notice.language or settings.LANGUAGE_CODE):
        text = render_to_string(f"entitlements/mail/{NoticeKind(notice.kind)}.txt", context)
    subject, _, body = text.strip().partition("\n")
    return EmailMessage(_cut(_one_line(subject), LONGEST_SUBJECT), f"{body.strip()}\n", to=[notice.email])


def link_of(notice: Notice) -> str:
    """The address that a notice leads to; it names the tenant."""
    kind = NoticeKind(notice.kind)
    # What cannot be extended has no page that extends it.
    ends = kind == NoticeKind.ACCESS_ENDS_SOON and not notice.values["can_extend"]
    path = PATHS[NoticeKind.ACCESS_ENDED if ends else kind].format_map(notice.values)
    return f"{settings.BASE_URL}{path}?{urlencode({'tid': notice.tenant_id})}"


def _show(name: str, value: object) -> object:
    if name in _INSTANTS and isinstance(value, str):
        return datetime.fromisoformat(value)
    return _cut(_one_line(value), LONGEST_WORDS) if isinstance(value, str) else value


def _one_line(text: str) -> str:
    """Without anything that breaks a line or cannot be seen."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
