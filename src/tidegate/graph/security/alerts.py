"""`security/alerts_v2`: alerts listed, read, changed and commented."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models import QuerySet
from django.http import HttpResponseBase

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Relation, Scope
from tidegate.feeds.words import Feed
from tidegate.graph.answers import answer_count, answer_object, answer_value
from tidegate.graph.etags import make_etag, read_expected_version
from tidegate.graph.lists import answer_rows, count_rows, read_query
from tidegate.graph.security import resources
from tidegate.graph.security.delivering import Delivery
from tidegate.graph.security.patching import read_alert_update, read_comments
from tidegate.graph.security.polling import is_poll, read_feed_query
from tidegate.graph.security.rendering import encode_alerts, read_alert
from tidegate.graph.tenants import open_tenant, open_tenants
from tidegate.incidents.actions.changing import alert_target
from tidegate.incidents.actions.comments import add_alert_comments
from tidegate.incidents.actions.pushing import push_alerts
from tidegate.incidents.actions.updates import update_alert
from tidegate.incidents.feed_queries import fetch_alerts, leave_settling
from tidegate.incidents.models import Alert
from tidegate.incidents.queries import get_alert
from tidegate.incidents.redaction import redact_alerts
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query
from tidegate.odata.selecting import select_members

PATH: Final = "security/alerts_v2"
FAULTS_TOLD: Final = 100


def list_alerts(call: Call) -> HttpResponseBase:
    """The alerts of the tenant, or of every tenant, newest first."""
    scope = open_tenants(call, Permission.ALERT_READ)
    query = read_feed_query(call, scope, Feed.GRAPH_ALERTS, resources.ALERT)
    delivery = Delivery(call, scope, Feed.GRAPH_ALERTS, query)
    rows = fetch_alerts(scope)
    rows = leave_settling(scope, rows) if is_poll(query) else rows
    return answer_alerts(call, scope, rows, query, delivery)


def push(call: Call) -> HttpResponseBase:
    """Take in one alert, a list, or one a line: what became of them, and what could not be read.

    Graph has no such call. The body is what an import reads, whatever its Content-Type.
    """
    pushed = push_alerts(open_tenant(call), call.read_body())
    counts = pushed.counts
    return answer_value(
        {
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
            "incidentsCreated": counts.incidents_created,
            "incidentsUpdated": counts.incidents_updated,
            "rejected": [
                {"record": one.position.record, "line": one.position.line, "reason": one.reason[:500]}
                for one in pushed.rejected[:FAULTS_TOLD]
            ],
        }
    )


def answer_alerts(
    call: Call,
    scope: Scope | ManyScope,
    rows: QuerySet[Alert],
    query: Query,
    delivery: Delivery | None = None,
) -> HttpResponseBase:
    """The page of these alerts that was asked for, without what is about hidden devices.

    With `delivery` where they are a feed.
    """

    def render(alerts: Sequence[Alert]) -> Iterable[bytes]:
        redact_alerts(scope, alerts)
        if delivery:
            delivery.add(alerts)
        return encode_alerts(alerts, query)

    return answer_rows(call, PATH, rows, query, render, scope=scope, watcher=delivery)


def count_alerts(call: Call) -> HttpResponseBase:
    """How many alerts there are, or are left by a filter."""
    scope = open_tenants(call, Permission.ALERT_READ)
    return answer_count(count_rows(fetch_alerts(scope), read_query(call, resources.COUNT_OF_ALERTS)))


def show_alert(call: Call, alert_id: str) -> HttpResponseBase:
    """One alert."""
    scope = open_tenant(call)
    alert = get_alert(scope, alert_id)
    if scope.entry.relation == Relation.GUEST:
        # As in the portal: the tenant sees what guests open.
        record(scope, "alert.viewed", alert_target(alert))
    return answer_alert(call, alert, read_query(call, resources.ALERT.one_object()))


def answer_alert(call: Call, alert: Alert, query: Query) -> HttpResponseBase:
    """One alert, reduced to what was asked of it."""
    value = select_members(read_alert(alert), query)
    return answer_object(call, PATH, value, etag=make_etag(alert.version))


def patch_alert(call: Call, alert_id: str) -> HttpResponseBase:
    """Change an alert: all that the body says, or nothing."""
    scope = open_tenant(call)
    update = read_alert_update(call.read_json())
    version = read_expected_version(call, lambda: get_alert(scope, alert_id).version)
    update_alert(scope, alert_id, update, version=version)
    return answer_alert(call, get_alert(scope, alert_id), Query())


def add_comments(call: Call, alert_id: str) -> HttpResponseBase:
    """Say something about an alert; the answer is all that was said of it."""
    scope = open_tenant(call)
    add_alert_comments(scope, alert_id, read_comments(call.read_json_value()))
    return answer_value(read_alert(get_alert(scope, alert_id))["comments"])


def count_comments(call: Call, alert_id: str) -> HttpResponseBase:
    """How much was said about an alert."""
    comments = read_alert(get_alert(open_tenant(call), alert_id))["comments"]
    return answer_count(len(comments) if isinstance(comments, list) else 0)
