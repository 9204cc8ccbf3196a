"""What the pages about broken glass say: where an opening stands, and where to read what was done."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.entitlements.models import WriteUp
from tidegate.entitlements.writing_up import read_alarm
from tidegate.web.visit import Visit


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One time that the glass was broken, ready to be read."""

    write_up: WriteUp
    word: str
    level: str
    is_open: bool
    is_late: bool
    audit_url: str


def make_row(visit: Visit, write_up: WriteUp) -> OpeningRow:
    """An opening in words, as it stands now."""
    word, level = say_standing(write_up)
    return OpeningRow(
        write_up,
        word,
        level,
        is_open=_is_open(write_up),
        is_late=write_up.written_at is None and write_up.due_at <= clock.now(),
        audit_url=_audit_url(visit, write_up),
    )


def say_standing(write_up: WriteUp) -> tuple[str, str]:
    """Where an opening stands, with the level of its sign."""
    now = clock.now()
    if write_up.seen_at is not None:
        return _("Seen"), "ok"
    if write_up.written_at is not None:
        return _("Write-up not seen yet"), "warning"
    if _is_open(write_up):
        return _("Open now"), "bad"
    if write_up.assignment.starts_at > now:
        return _("Not begun"), "dim"
    return (_("Write-up overdue"), "bad") if write_up.due_at <= now else (_("Write-up awaited"), "warning")


def alarm_context(visit: Visit) -> dict[str, object]:
    """What `web/break_glass/alarm.html` needs; one statement, none for who may not see it."""
    return {"break_glass_alarm": read_alarm(visit.scope)}


def _is_open(write_up: WriteUp) -> bool:
    now = clock.now()
    return write_up.assignment.starts_at <= now and not write_up.assignment.is_over(now)


def _audit_url(visit: Visit, write_up: WriteUp) -> str:
    """The audit log of that person on the day or days of it; empty for who may not read it."""
    if not visit.scope.allows(Permission.AUDIT_READ):
        return ""
    held = write_up.assignment
    since = timezone.localtime(held.starts_at).date()
    until = timezone.localtime(held.ends_at or clock.now()).date()
    return visit.link("audit", actor=write_up.account.email, since=since.isoformat(), until=until.isoformat())
