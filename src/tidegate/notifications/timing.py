"""When something may be told: at once, or when a digest is due and quiet hours are over. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from tidegate.notifications.models import NotificationRule
from tidegate.notifications.words import BundleReason, Cadence


@dataclass(frozen=True, slots=True)
class Due:
    """The instant, and why it is not now; None when it is."""

    at: datetime
    reason: BundleReason | None


def find_due(rule: NotificationRule, at: datetime) -> Due:
    """When what happens at this instant is to be told under a rule."""
    due = _cadence_due(rule, at)
    reason = BundleReason.DIGEST if due > at else None
    quiet_end = _quiet_end(rule, due)
    if quiet_end is not None:
        return Due(quiet_end, reason or BundleReason.QUIET)
    return Due(due, reason)


def is_quiet(rule: NotificationRule, at: datetime) -> bool:
    """Whether an instant lies in the rule's quiet hours, by the clocks of its time zone."""
    if rule.quiet_from is None or rule.quiet_until is None:
        return False
    clock = at.astimezone(ZoneInfo(rule.time_zone)).time()
    if rule.quiet_from < rule.quiet_until:
        return rule.quiet_from <= clock < rule.quiet_until
    # Over midnight; and with both the same, the whole day.
    return clock >= rule.quiet_from or clock < rule.quiet_until


def _cadence_due(rule: NotificationRule, at: datetime) -> datetime:
    if rule.cadence == Cadence.EVERY and rule.digest_minutes:
        return at + timedelta(minutes=rule.digest_minutes)
    if rule.cadence == Cadence.DAILY and rule.digest_at is not None:
        return _next(rule.digest_at, rule.time_zone, at)
    return at


def _quiet_end(rule: NotificationRule, at: datetime) -> datetime | None:
    if rule.quiet_until is None or not is_quiet(rule, at):
        return None
    return _next(rule.quiet_until, rule.time_zone, at)


def _next(wanted: time, time_zone: str, at: datetime) -> datetime:
    """The next instant after this one at which clocks show a time.

    Where clocks are put forward past it, it is the instant that the offset before makes of it (PEP 495).
    """
    zone = ZoneInfo(time_zone)
    local = at.astimezone(zone)
    found = datetime.combine(local.date(), wanted, zone)
    if found <= local or found.timestamp() <= at.timestamp():
        found = datetime.combine(local.date() + timedelta(days=1), wanted, zone)
    return found.astimezone(at.tzinfo)
