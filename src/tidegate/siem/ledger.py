"""`GET /api/feeds`: the ledger of deliveries, an API of ours.

A program sees what it fetched itself, in its token's tenant or, with `tid=all` and a token of home, in every
tenant that lets it in; who may read a tenant's applications sees all of that tenant's. A token for any of
the APIs will do.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.errors import InvalidInput
from tidegate.feeds.models import Consumer, DeliveryDay, Gap
from tidegate.feeds.queries import Standing, list_days, list_gaps, list_own_standings, list_standings
from tidegate.feeds.words import Family
from tidegate.gate.elsewhere import open_everywhere
from tidegate.incidents.document import format_time
from tidegate.oauth.bearer import read_token
from tidegate.oauth.endpoint import Call
from tidegate.oauth.errors import TokenRefused
from tidegate.siem.api import DjangoView, serve

_ALL: Final = "all"


def list_feeds(call: Call) -> HttpResponseBase:
    """Where consumers stand, with their open gaps and what they fetched on each of the last days."""
    scope, standings = _read(call)
    consumers = [standing.consumer for standing in standings]
    gaps, days = list_gaps(scope, consumers), list_days(scope, consumers)
    value = [
        _show(standing, gaps.get(standing.consumer.id, []), days.get(standing.consumer.id, []))
        for standing in standings
    ]
    return HttpResponse(msgspec.json.encode({"value": value}), content_type="application/json; charset=utf-8")


def for_any_api() -> DjangoView[[]]:
    """The view, whichever API the token is for."""
    served = {resource: serve(resource, Family.FEEDS, get=list_feeds) for resource in Resource}

    @csrf_exempt
    def answer(request: HttpRequest) -> HttpResponseBase:
        return served[_resource_of(request)](request)

    return answer


def _resource_of(request: HttpRequest) -> Resource:
    try:
        resources = read_token(request).resources
    except TokenRefused:
        # Whichever it is refused at, it is refused alike.
        return Resource.SIEM
    return next(resource for resource in Resource if resource in resources)


def _read(call: Call) -> tuple[Scope | ManyScope, list[Standing]]:
    client_id, tid = call.caller.claim.client_id, call.parameters.get("tid", "").strip()
    if tid == _ALL:
        caller = call.caller
        many = open_everywhere(caller.claim, caller.resource, Permission.ALERT_READ, caller.origin)
        return many, list_own_standings(many, client_id)
    if tid and tid.lower() != str(call.scope.tenant_id):
        raise InvalidInput(fields={"tid": "must be all, or nothing for the token's own tenant"})
    if call.scope.allows(Permission.APPLICATION_READ):
        return call.scope, list_standings(call.scope)
    if not call.scope.allows(Permission.ALERT_READ):
        # How much waits, and how new it is, is told to nobody who may not fetch it, or not any more.
        return call.scope, []
    return call.scope, list_own_standings(call.scope, client_id)


def _show(standing: Standing, gaps: Sequence[Gap], days: Sequence[DeliveryDay]) -> dict[str, object]:
    consumer = standing.consumer
    return {
        "id": consumer.id,
        "tenantId": consumer.tenant_id,
        "appId": consumer.client_id,
        "appDisplayName": standing.application,
        "feed": standing.feed,
        "coveredUntil": format_time(consumer.covered_until),
        "newestInTenant": format_time(standing.newest_in_tenant),
        "lagSeconds": standing.lag.total_seconds(),
        "waiting": standing.waiting,
        "waitingSince": format_time(standing.waiting_since),
        "isBehind": standing.is_behind,
        **_show_fetching(consumer),
        "consentEndsAt": format_time(standing.consent_ends_at),
        "credentialEndsAt": format_time(standing.credential_ends_at),
        "gaps": [
            {
                "since": format_time(gap.since),
                "until": format_time(gap.until),
                "items": gap.items,
                "noticedAt": format_time(gap.noticed_at),
            }
            for gap in gaps
        ],
        "days": [
            {"day": day.day, "fetches": day.fetches, "items": day.items, "failures": day.failures}
            for day in days
        ],
    }


def _show_fetching(consumer: Consumer) -> dict[str, object]:
    return {
        "firstFetchedAt": format_time(consumer.first_fetched_at),
        "lastFetchedAt": format_time(consumer.last_fetched_at),
        "lastCount": consumer.last_count,
        "lastFailedAt": format_time(consumer.last_failed_at),
        "lastError": consumer.last_error or None,
        "failures": consumer.failures,
        "replayFrom": format_time(consumer.replay_from),
    }
