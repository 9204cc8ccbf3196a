"""`/api/alerts` of the Defender for Endpoint API: alerts listed, read, changed and made."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from django.http import HttpResponse, HttpResponseBase

from tidegate.audit.actions import record
from tidegate.authorization.scope import Relation
from tidegate.core.errors import InvalidInput
from tidegate.devices.queries import find_machine
from tidegate.feeds.words import Feed
from tidegate.incidents.actions.batches import update_alerts
from tidegate.incidents.actions.changing import alert_target
from tidegate.incidents.actions.creating import SEVERITIES, Finding, create_alert
from tidegate.incidents.document import read_document
from tidegate.incidents.feed_queries import fetch_alerts
from tidegate.incidents.models import Alert
from tidegate.incidents.queries import get_alert
from tidegate.incidents.redaction import redact_alerts
from tidegate.incidents.words import Severity
from tidegate.oauth.endpoint import Call
from tidegate.odata.filter.literals import read_moment
from tidegate.siem.bodies import Members, choose_word, read_body, read_texts, require_text
from tidegate.siem.changing import read_wish
from tidegate.siem.defender.alert_form import show_alert
from tidegate.siem.defender.resources import ALERT
from tidegate.siem.delivering import begin_list, noting_failures
from tidegate.siem.errors import BatchTooLarge, NoResource
from tidegate.siem.lists import Listing, answer_object, answer_stream, read_query, send_list
from tidegate.siem.words import ALERT_STATUSES
from tidegate.siem.words import SEVERITIES as SEVERITY_WORDS

SET: Final = "Alerts"
BATCH_AT_MOST: Final = 500
_TIMES: Final = ("alertcreationtime", "lastupdatetime")


@noting_failures(Feed.DEFENDER_ALERTS)
def list_alerts(call: Call) -> HttpResponseBase:
    """Alerts, newest first; with their evidence for `$expand=evidence`."""
    asked = read_query(call, ALERT)
    query, fetch = begin_list(call, Feed.DEFENDER_ALERTS, ALERT, _TIMES, asked)
    listing = alert_listing(call, with_evidence=query.expansion("evidence") is not None)
    return answer_stream(fetch.deliver(send_list(call, listing, query, fetch.note_rows)))


def alert_listing(call: Call, *, with_evidence: bool) -> Listing[Alert]:
    """The alerts that the caller sees."""
    return Listing(SET, fetch_alerts(call.scope), partial(_show, call, with_evidence=with_evidence))


def show(call: Call, external_id: str) -> HttpResponse:
    """One alert, with its evidence."""
    query = read_query(call, ALERT.one_object())
    alert = get_alert(call.scope, external_id)
    if call.scope.entry.relation == Relation.GUEST:
        # As in the portal: the tenant sees what guests open.
        record(call.scope, "alert.viewed", alert_target(alert))
    return answer_object(call, SET, show_alert(read_document(alert), with_evidence=True), query)


def update(call: Call, external_id: str) -> HttpResponse:
    """Set its status, owner and judgement, and say something of it; answers with what became of it."""
    wish = read_wish(read_body(call), ALERT_STATUSES)
    update_alerts(call.scope, [external_id], wish.update, comment=wish.comment)
    return _answer(call, external_id)


def update_batch(call: Call) -> HttpResponse:
    """The same for many alerts at once: all of them or none."""
    body = read_body(call)
    external_ids = read_texts(body, "alertIds")
    if len(external_ids) > BATCH_AT_MOST:
        raise BatchTooLarge(fields={"alertIds": f"must be at most {BATCH_AT_MOST}"})
    wish = read_wish(body, ALERT_STATUSES)
    update_alerts(call.scope, external_ids, wish.update, comment=wish.comment)
    return HttpResponse(status=200)


def create_by_reference(call: Call) -> HttpResponse:
    """An alert of an event on a machine; it joins an open one of the same title there."""
    body = read_body(call)
    machine_id, finding = require_text(body, "machineId"), _read_finding(body)
    device = find_machine(call.scope, machine_id)
    if device is None:
        raise NoResource("There is no such machine.")
    alert = create_alert(call.scope, device.id, finding)
    return _answer(call, alert.external_id)


def _answer(call: Call, external_id: str) -> HttpResponse:
    alert = get_alert(call.scope, external_id)
    return answer_object(call, SET, show_alert(read_document(alert), with_evidence=False))


def _show(call: Call, alerts: Sequence[Alert], *, with_evidence: bool) -> Iterable[Mapping[str, object]]:
    redact_alerts(call.scope, alerts)
    return (show_alert(read_document(alert), with_evidence=with_evidence) for alert in alerts)


def _read_finding(body: Members) -> Finding:
    return Finding(
        title=require_text(body, "title"),
        severity=_read_severity(body),
        category=require_text(body, "category"),
        description=require_text(body, "description"),
        recommended_action=require_text(body, "recommendedAction"),
        event_at=_read_time(body, "eventTime"),
        report_id=require_text(body, "reportId"),
    )


def _read_severity(body: Members) -> Severity:
    require_text(body, "severity")
    words = {severity.word: SEVERITY_WORDS[severity.word] for severity in SEVERITIES}
    return Severity.of_word(choose_word(body, "severity", words) or "")


def _read_time(body: Members, name: str) -> datetime:
    moment = read_moment(require_text(body, name).strip())
    if moment is None:
        raise InvalidInput(fields={name: "must be a time such as 2026-03-01T09:00:00Z"})
    return moment
