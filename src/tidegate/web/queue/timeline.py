"""An incident's timeline: its alerts and what was said of them, in the order of time."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from django.utils import timezone

from tidegate.incidents.correlation.reasons import Reason
from tidegate.incidents.models import Alert, Comment
from tidegate.web import frame as fr
from tidegate.web.inert import show_inert
from tidegate.web.links import tenant_link
from tidegate.web.queue.reasons import ReasonWords, say_correlation
from tidegate.web.queue.rows import severity_word


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: an alert, or a comment when `author` is given.

    `opens_day` is true for the first of each day in the reader's time zone.
    """

    at: datetime
    text: str
    severity: str = ""
    url: str = ""
    alert_id: str = ""
    source: str = ""
    device: str = ""
    reason: ReasonWords | None = None
    author: fr.Person | None = None
    opens_day: bool = False


def make_timeline(
    tid: str,
    alerts: Collection[Alert],
    comments: Iterable[Comment],
    names: Mapping[uuid.UUID, str],
    devices: Mapping[uuid.UUID, str] = MappingProxyType({}),
    reasons: Mapping[uuid.UUID, Reason] = MappingProxyType({}),
) -> list[Moment]:
    """Both together, by time. `names` are of users, `devices` of what each alert names first, by its id.

    `reasons` say, by the ids of alerts, why they are here.
    """
    titles = {alert.external_id: show_inert(alert.title) for alert in alerts}
    moments = []
    for alert in alerts:
        reason = reasons.get(alert.id)
        words = say_correlation(tid, reason, titles) if reason else None
        moments.append(_of_alert(tid, alert, devices.get(alert.id, ""), words))
    moments += [_of_comment(tid, comment, names) for comment in comments]
    return list(_mark_days(sorted(moments, key=lambda moment: moment.at)))


def _of_alert(tid: str, alert: Alert, device: str, reason: ReasonWords | None) -> Moment:
    return Moment(
        at=alert.first_activity_at,
        text=show_inert(alert.title),
        severity=severity_word(alert.severity),
        url=tenant_link("alert", tid, alert.external_id),
        alert_id=show_inert(alert.external_id),
        source=alert.service_source,
        device=show_inert(device),
        reason=reason,
    )


def _of_comment(tid: str, comment: Comment, names: Mapping[uuid.UUID, str]) -> Moment:
    name = names.get(comment.user_id) if comment.user_id else None
    alert = comment.alert if comment.alert_id else None
    return Moment(
        at=comment.created_at,
        text=show_inert(comment.text),
        author=fr.person(show_inert(name or comment.author)),
        url=tenant_link("alert", tid, alert.external_id) if alert else "",
        alert_id=show_inert(alert.external_id) if alert else "",
    )


def _mark_days(moments: Iterable[Moment]) -> Iterator[Moment]:
    last = None
    for moment in moments:
        day = timezone.localtime(moment.at).date()
        yield replace(moment, opens_day=True) if day != last else moment
        last = day
