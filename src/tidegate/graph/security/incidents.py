"""`security/incidents`: incidents listed, read, changed and commented, and the alerts in them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponseBase

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Relation, Scope
from tidegate.core.errors import NotFound
from tidegate.feeds.words import Feed
from tidegate.graph.answers import answer_count, answer_object, answer_value
from tidegate.graph.etags import make_etag, read_expected_version
from tidegate.graph.lists import answer_rows, count_rows, encode_members, read_query
from tidegate.graph.preferences import APPLIED, UNKNOWN_WORDS, prefers
from tidegate.graph.security import alerts, resources
from tidegate.graph.security.delivering import Delivery
from tidegate.graph.security.patching import read_comments, read_incident_update
from tidegate.graph.security.polling import is_poll, read_feed_query
from tidegate.graph.security.rendering import read_alert, render_comments, render_incident
from tidegate.graph.tenants import open_tenant, open_tenants
from tidegate.incidents.actions.changing import incident_target
from tidegate.incidents.actions.comments import add_incident_comments
from tidegate.incidents.actions.updates import update_incident
from tidegate.incidents.feed_queries import (
    alerts_by_incident,
    comments_by_incident,
    fetch_alerts,
    fetch_incidents,
    leave_settling,
    numbers_merged_into,
)
from tidegate.incidents.models import Alert, Incident
from tidegate.incidents.queries import get_alert, get_incident
from tidegate.incidents.redaction import show_as_seen
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query
from tidegate.odata.selecting import select_members

PATH: Final = "security/incidents"
_NUMBER: Final = re.compile("[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rendering:
    """How incidents are shown to one caller: what was asked of them, and which words the caller knows.

    Their alerts are seen through a scope of their own: of many tenants, not all let a program read them.
    """

    scope: Scope | ManyScope
    alert_scope: Scope | ManyScope
    query: Query
    all_words: bool

    def encode(self, incidents: Sequence[Incident]) -> Iterator[bytes]:
        """Incidents of a list. Each as many statements for many as for one."""
        return (encode_members(value, self.query) for value in self.render(incidents))

    def render(self, incidents: Sequence[Incident]) -> Iterator[dict[str, object]]:
        """Incidents as values, with their alerts where those are to be expanded."""
        show_as_seen(self.scope, incidents)
        said = comments_by_incident(self.scope, incidents)
        merged = numbers_merged_into(self.scope, incidents)
        for incident, found in self._with_alerts(incidents):
            into = merged.get((incident.tenant_id, incident.redirect_external_id))
            value = render_incident(incident, said.get(incident.id, []), into, all_words=self.all_words)
            if found is not None:
                value["alerts"] = [read_alert(alert) for alert in found]
            yield value

    def _with_alerts(
        self, incidents: Sequence[Incident]
    ) -> Iterable[tuple[Incident, Iterable[Alert] | None]]:
        expansion = self.query.expansion("alerts")
        if expansion is None:
            return ((incident, None) for incident in incidents)
        rows = fetch_alerts(self.alert_scope).filter(expansion.query.condition)
        return alerts_by_incident(self.alert_scope, incidents, rows)


def list_incidents(call: Call) -> HttpResponseBase:
    """The incidents of the tenant, or of every tenant, newest first."""
    scope = open_tenants(call, Permission.INCIDENT_READ)
    query = read_feed_query(call, scope, Feed.GRAPH_INCIDENTS, resources.INCIDENT)
    delivery = Delivery(call, scope, Feed.GRAPH_INCIDENTS, query)
    rendering = _rendering(call, scope, query)

    def render(incidents: Sequence[Incident]) -> Iterator[bytes]:
        delivery.add(incidents)
        return rendering.encode(incidents)

    rows = fetch_incidents(scope)
    rows = leave_settling(scope, rows) if is_poll(query) else rows
    return _say_applied(call, answer_rows(call, PATH, rows, query, render, scope=scope, watcher=delivery))


def count_incidents(call: Call) -> HttpResponseBase:
    """How many incidents there are, or are left by a filter."""
    scope = open_tenants(call, Permission.INCIDENT_READ)
    return answer_count(count_rows(fetch_incidents(scope), read_query(call, resources.COUNT_OF_INCIDENTS)))


def show_incident(call: Call, incident_id: str) -> HttpResponseBase:
    """One incident."""
    scope = open_tenant(call)
    incident = _get(scope, incident_id)
    if scope.entry.relation == Relation.GUEST:
        # As in the portal: the tenant sees what guests open.
        record(scope, "incident.viewed", incident_target(incident))
    return _answer(call, scope, incident, read_query(call, resources.INCIDENT.one_object()))


def patch_incident(call: Call, incident_id: str) -> HttpResponseBase:
    """Change an incident: all that the body says, or nothing."""
    scope = open_tenant(call)
    update = read_incident_update(call.read_json())
    number = _get(scope, incident_id).number
    version = read_expected_version(call, lambda: get_incident(scope, number).version)
    update_incident(scope, number, update, version=version)
    return _answer(call, scope, get_incident(scope, number), Query())


def add_comments(call: Call, incident_id: str) -> HttpResponseBase:
    """Say something about an incident; the answer is all that was said of it."""
    scope = open_tenant(call)
    incident = _get(scope, incident_id)
    add_incident_comments(scope, incident.number, read_comments(call.read_json_value()))
    return answer_value(render_comments(comments_by_incident(scope, [incident]).get(incident.id, [])))


def list_alerts_of(call: Call, incident_id: str) -> HttpResponseBase:
    """The alerts in an incident, newest first."""
    scope = open_tenant(call)
    rows = fetch_alerts(scope).filter(incident_id=_get(scope, incident_id).id)
    return alerts.answer_alerts(call, scope, rows, read_query(call, resources.ALERT))


def count_alerts_of(call: Call, incident_id: str) -> HttpResponseBase:
    """How many alerts are in an incident, or are left of them by a filter."""
    scope = open_tenant(call)
    rows = fetch_alerts(scope).filter(incident_id=_get(scope, incident_id).id)
    return answer_count(count_rows(rows, read_query(call, resources.COUNT_OF_ALERTS)))


def show_alert_of(call: Call, incident_id: str, alert_id: str) -> HttpResponseBase:
    """One alert, if it is in the incident."""
    _find_alert_of(call, incident_id, alert_id)
    return alerts.show_alert(call, alert_id)


def add_alert_comments_of(call: Call, incident_id: str, alert_id: str) -> HttpResponseBase:
    """Say something about an alert, if it is in the incident."""
    _find_alert_of(call, incident_id, alert_id)
    return alerts.add_comments(call, alert_id)


def _find_alert_of(call: Call, incident_id: str, alert_id: str) -> None:
    scope = open_tenant(call)
    if get_alert(scope, alert_id).incident_id != _get(scope, incident_id).id:
        raise NotFound("There is no such alert in this incident.")


def _get(scope: Scope, incident_id: str) -> Incident:
    """Raise NotFound for what cannot be a number too: on the wire it is a text."""
    return get_incident(scope, int(incident_id) if _NUMBER.fullmatch(incident_id) else -1)


def _answer(call: Call, scope: Scope, incident: Incident, query: Query) -> HttpResponseBase:
    (value,) = _rendering(call, scope, query).render([incident])
    answer = answer_object(call, PATH, select_members(value, query), etag=make_etag(incident.version))
    return _say_applied(call, answer)


def _rendering(call: Call, scope: Scope | ManyScope, query: Query) -> Rendering:
    is_wider = isinstance(scope, ManyScope) and query.expansion("alerts")
    alert_scope = open_tenants(call, Permission.ALERT_READ) if is_wider else scope
    return Rendering(scope, alert_scope, query, prefers(call, UNKNOWN_WORDS))


def _say_applied[R: HttpResponseBase](call: Call, answer: R) -> R:
    if prefers(call, UNKNOWN_WORDS):
        answer.headers[APPLIED] = UNKNOWN_WORDS
    return answer
