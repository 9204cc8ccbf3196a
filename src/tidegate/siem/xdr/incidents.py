"""`/api/incidents` of the Defender XDR API: incidents listed, read and changed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase

from tidegate.audit.actions import record
from tidegate.authorization.scope import Relation
from tidegate.core.errors import NotFound
from tidegate.core.paging import SortKey
from tidegate.feeds.words import Feed
from tidegate.incidents.actions.batches import update_incident_saying
from tidegate.incidents.actions.changing import incident_target
from tidegate.incidents.document import read_document
from tidegate.incidents.feed_queries import (
    alerts_by_incident,
    comments_by_incident,
    fetch_alerts,
    fetch_incidents,
    numbers_merged_into,
)
from tidegate.incidents.models import Incident
from tidegate.incidents.queries import get_incident
from tidegate.incidents.redaction import show_as_seen
from tidegate.oauth.endpoint import Call
from tidegate.odata.resource import Kind, Property, Resource
from tidegate.siem.bodies import read_body
from tidegate.siem.changing import read_wish
from tidegate.siem.delivering import begin_list, noting_failures
from tidegate.siem.lists import Listing, answer_object, answer_stream, read_query, send_list
from tidegate.siem.words import (
    CLASSIFICATIONS,
    DETERMINATIONS,
    INCIDENT_STATUSES,
    severities_to_read,
    words_to_read,
)
from tidegate.siem.xdr.incident_form import MEMBERS, show_incident

SET: Final = "Incidents"
PAGE: Final = 100
_TIMES: Final = ("lastupdatetime", "createdtime")
_NUMBER: Final = re.compile("[0-9]{1,18}", re.ASCII)

INCIDENT: Final = Resource(
    "incidents",
    properties=(
        Property("incidentId", "number", Kind.INTEGER),
        Property("createdTime", "created_at", Kind.DATETIME),
        Property("lastUpdateTime", "last_update_at", Kind.DATETIME),
        Property("assignedTo", "assigned_to", null_as=("",)),
        Property("incidentName", "display_name"),
        Property("status", "status", Kind.ENUM, words_to_read(INCIDENT_STATUSES)),
        Property("severity", "severity", Kind.ENUM, severities_to_read()),
        Property("classification", "classification", Kind.ENUM, words_to_read(CLASSIFICATIONS)),
        Property("determination", "determination", Kind.ENUM, words_to_read(DETERMINATIONS)),
        Property("tags", "custom_tags", Kind.TEXT_LIST),
    ),
    members=MEMBERS,
    orderable=("incidentId", "createdTime", "lastUpdateTime", "severity"),
    default_order=(SortKey("created_at"), SortKey("id")),
    default_top=PAGE,
    largest_top=PAGE,
)


@noting_failures(Feed.XDR_INCIDENTS)
def list_incidents(call: Call) -> HttpResponseBase:
    """Incidents, newest first, each with its alerts."""
    query, fetch = begin_list(call, Feed.XDR_INCIDENTS, INCIDENT, _TIMES, read_query(call, INCIDENT))
    listing = Listing(SET, fetch_incidents(call.scope), partial(_show, call))
    return answer_stream(fetch.deliver(send_list(call, listing, query, fetch.note_rows)))


def show(call: Call, incident_id: str) -> HttpResponse:
    """One incident."""
    query = read_query(call, INCIDENT.one_object())
    incident = _get(call, incident_id)
    if call.scope.entry.relation == Relation.GUEST:
        # As in the portal: the tenant sees what guests open.
        record(call.scope, "incident.viewed", incident_target(incident))
    (members,) = _show(call, [incident])
    return answer_object(call, SET, members, query)


def update(call: Call, incident_id: str) -> HttpResponse:
    """Set its status, owner, judgement and tags, and say something of it: all of it or nothing."""
    wish = read_wish(read_body(call), INCIDENT_STATUSES)
    number = _get(call, incident_id).number
    update_incident_saying(call.scope, number, wish.update, comment=wish.comment)
    (members,) = _show(call, [_get(call, str(number))])
    return answer_object(call, SET, members)


def _get(call: Call, incident_id: str) -> Incident:
    if not _NUMBER.fullmatch(incident_id):
        raise NotFound("There is no such incident.")
    return get_incident(call.scope, int(incident_id))


def _show(call: Call, incidents: Sequence[Incident]) -> Iterator[Mapping[str, object]]:
    """Incidents as they are shown: as many statements for many as for one."""
    scope = call.scope
    show_as_seen(scope, incidents)
    said = comments_by_incident(scope, incidents)
    merged = numbers_merged_into(scope, incidents)
    for incident, alerts in alerts_by_incident(scope, incidents, fetch_alerts(scope)):
        yield show_incident(
            incident,
            said.get(incident.id, []),
            map(read_document, alerts),
            merged.get((incident.tenant_id, incident.redirect_external_id)),
            _address_of(incident),
        )


def _address_of(incident: Incident) -> str:
    where = urlencode({"tid": str(incident.tenant_id)})
    return f"{settings.BASE_URL}/incidents/{incident.number}?{where}"
