"""Times: in the viewer's zone, with UTC on hover, in the words of the viewer's language."""

from datetime import UTC, datetime, timedelta

from django import template
from django.utils import dates, formats, timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tidegate.core.clock import now
from tidegate.web.markup import format_html
from tidegate.web.queue.due import Due
from tidegate.web.templatetags.tidegate_icons import icon

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86400
EN_DASH = "\N{EN DASH}"
# Ages longer than this are easier read as a date.
AGE_LIMIT = timedelta(days=60)
STYLES = {
    "full": "j F Y, H:i",
    "day": "j M Y",
    "short": "j M Y",
    "weekday": "D j M H:i",
    "second": "D j M Y, H:i:s",
    "clock": "H:i",
}


def describe_age(age: timedelta) -> str:
    """An age in one unit: "0 m" up to "59 m", "1 h" up to "47 h", then days. A future time is "0 m"."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < HOUR:
        return _("%(count)d m") % {"count": seconds // MINUTE}
    if seconds < 2 * DAY:
        return _("%(count)d h") % {"count": seconds // HOUR}
    return _("%(count)d d") % {"count": seconds // DAY}


def describe_duration(seconds: float) -> str:
    """A length of time in at most two units: "8 m", "2 h 21 m", "3 d 4 h"; under a minute "40 s"."""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return _("%(count)d s") % {"count": whole}
    if whole < HOUR:
        return describe_age(timedelta(seconds=whole))
    if whole < DAY:
        return _join(_("%(count)d h") % {"count": whole // HOUR}, whole % HOUR // MINUTE, _("%(count)d m"))
    return _join(_("%(count)d d") % {"count": whole // DAY}, whole % DAY // HOUR, _("%(count)d h"))


def _join(first: str, rest: int, pattern: str) -> str:
    return f"{first} {pattern % {'count': rest}}" if rest else first


@register.simple_tag
def age(value: datetime | None) -> SafeString:
    """How long ago, short ("11 m"); the full time in the viewer's zone and in UTC on hover. None: a dash."""
    if value is None:
        return absent()
    passed = now() - value
    text = describe_age(passed) if passed < AGE_LIMIT else _local(value, "day")
    title = f"{_local(value, 'full')} · {_utc(value)}"
    return format_html('<time datetime="{}" title="{}">{}</time>', _iso(value), title, text)


@register.simple_tag
def moment(value: datetime | None, style: str = "full") -> SafeString:
    """A time in the viewer's zone, one of `STYLES`, with UTC on hover. None: a dash."""
    if value is None:
        return absent()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', _iso(value), _utc(value), _local(value, style)
    )


@register.simple_tag
def zone_name() -> str:
    """The viewer's zone, to stand beside times: "Amsterdam time", "UTC"."""
    name = timezone.get_current_timezone_name()
    if "/" not in name:
        return name
    return _("%(city)s time") % {"city": name.rpartition("/")[2].replace("_", " ")}


@register.filter
def duration(seconds: float | None) -> str:
    """Seconds as words: "2 h 21 m"; None is an en dash."""
    return EN_DASH if seconds is None else describe_duration(seconds)


@register.simple_tag
def due(value: Due | None) -> SafeString:
    """The clock of an incident: a bar of what has passed, what is to be done, how much time is left.

    One that is warned of has a sign and a word beside its colour.
    """
    if value is None:
        return absent()
    step = _("Ack") if value.step == "acknowledge" else _("Fix")
    if value.is_paused:
        return format_html('<span class="due is-second">{} {}</span>', step, _("paused"))
    left = describe_duration(abs(value.left.total_seconds()))
    css = "due due-late" if value.is_late else "due due-soon" if value.is_soon else "due"
    if value.is_late:
        told, left = _("%(time)s late") % {"time": left}, f"\u2212{left}"
    else:
        told = _("%(time)s left") % {"time": left}
    if value.is_late or value.is_soon:
        sign, word = ("warning", _("late")) if value.is_late else ("clock", _("soon"))
        step = format_html("{} {} {}", icon(sign, size=14), step, word)
    bar = format_html(
        '<svg width="34" height="4" viewBox="0 0 34 4" aria-hidden="true"><rect class="due-rest" width="34" '
        'height="4" rx="2"/><rect class="due-used" width="{}" height="4" rx="2"/></svg>',
        max(2, round(34 * value.used)),
    )
    return format_html(
        '<span class="{}" title="{}">{}<span>{}</span><b>{}</b></span>', css, told, bar, step, left
    )


def absent(meaning: str = "") -> SafeString:
    """The dim dash that stands for zero or nothing; `meaning` is what it is called aloud."""
    return format_html(
        '<span class="none"><span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></span>',
        EN_DASH,
        meaning or _("none"),
    )


def format_local(value: datetime, pattern: str) -> str:
    """A time in the viewer's zone and language, by a pattern of Django's date filter."""
    # Dutch writes months and days small, and Django only has the capital form of `M` and `D`.
    small = pattern.replace("M", "b") if get_language() == "nl" else pattern
    return _formatted(timezone.localtime(value), small)


def _formatted(local: datetime, pattern: str) -> str:
    """What Django's date filter makes of it; that of every row without reading the pattern each time."""
    if pattern == STYLES["full"]:
        return f"{local.day} {dates.MONTHS[local.month]} {local.year:04}, {local:%H:%M}"
    return formats.date_format(local, pattern)


def _local(value: datetime, style: str) -> str:
    return format_local(value, STYLES[style])


def _utc(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _iso(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
