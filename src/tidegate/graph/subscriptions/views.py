"""`/subscriptions`: change notifications (Microsoft, "subscription resource type")."""

from collections.abc import Sequence
from typing import Final

from django.http import HttpResponseBase

from tidegate.core.errors import InvalidInput
from tidegate.core.paging import SortKey
from tidegate.core.sealing import unseal
from tidegate.feeds.actions.subscriptions import SEAL_USE, Wish, renew, subscribe, unsubscribe
from tidegate.feeds.models import Subscription
from tidegate.feeds.subscribed import ChangeType, Collection
from tidegate.feeds.subscriptions import get_subscription, live_subscriptions
from tidegate.graph.answers import answer_no_content
from tidegate.graph.bodies import Body
from tidegate.graph.keys import read_key
from tidegate.graph.objects import Document, answer_objects, answer_one
from tidegate.incidents.document import format_time
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query
from tidegate.odata.resource import Kind, Option, Property, Resource

PATH: Final = "subscriptions"
_MEMBERS: Final = frozenset(
    {
        "changeType", "notificationUrl", "lifecycleNotificationUrl", "resource", "expirationDateTime",
        "clientState", "latestSupportedTlsVersion", "includeResourceData",
    }
)  # fmt: skip
_CHANGE_TYPES: Final = {word.value: word for word in ChangeType if word != ChangeType.MISSED}

SUBSCRIPTIONS: Final = Resource(
    name="subscriptions",
    properties=(Property("id", "id", Kind.GUID), Property("resource", "collection")),
    members=(
        "applicationId", "changeType", "clientState", "creatorId", "expirationDateTime",
        "includeResourceData", "latestSupportedTlsVersion", "lifecycleNotificationUrl", "notificationUrl",
    ),
    default_order=(SortKey("created_at"), SortKey("id")),
    options=frozenset({Option.SELECT, Option.TOP, Option.SKIPTOKEN, Option.FORMAT}),
)  # fmt: skip


def list_all(call: Call) -> HttpResponseBase:
    """The application's own subscriptions in the tenant."""
    return answer_objects(call, PATH, live_subscriptions(call.scope), SUBSCRIPTIONS, render_subscriptions)


def show(call: Call, key: str) -> HttpResponseBase:
    """One of them."""
    subscription = get_subscription(call.scope, read_key(key))
    return answer_one(call, PATH, subscription, SUBSCRIPTIONS, render_subscriptions)


def create(call: Call) -> HttpResponseBase:
    """Subscribe, once the address has said the token back that it is sent."""
    wish = read_wish(Body(call.read_json()))
    subscription = subscribe(call.scope, call.caller.claim, wish)
    return answer_one(call, PATH, subscription, SUBSCRIPTIONS, render_subscriptions, status=201)


def change(call: Call, key: str) -> HttpResponseBase:
    """Let a subscription last longer, or tell elsewhere."""
    body = Body(call.read_json())
    body.check_members({"expirationDateTime", "notificationUrl"})
    subscription = renew(
        call.scope,
        read_key(key),
        expires_at=body.moment("expirationDateTime"),
        notification_url=body.text("notificationUrl"),
    )
    return answer_one(call, PATH, subscription, SUBSCRIPTIONS, render_subscriptions)


def remove(call: Call, key: str) -> HttpResponseBase:
    """End a subscription."""
    unsubscribe(call.scope, read_key(key))
    return answer_no_content()


def read_wish(body: Body) -> Wish:
    """The body, read. Raises InvalidInput naming the member."""
    body.check_members(_MEMBERS)
    if body.flag("includeResourceData", default=False):
        raise InvalidInput(fields={"includeResourceData": "is not supported: ask for what was changed"})
    expires_at = body.moment("expirationDateTime")
    if expires_at is None:
        raise InvalidInput(fields={"expirationDateTime": "is needed"})
    return Wish(
        collection=_read_collection(body),
        change_types=_read_change_types(body),
        notification_url=body.text("notificationUrl"),
        expires_at=expires_at,
        lifecycle_url=body.text("lifecycleNotificationUrl"),
        client_state=body.text("clientState"),
        tls_version=body.text("latestSupportedTlsVersion", "v1_2"),
    )


def render_subscriptions(subscriptions: Sequence[Subscription], _query: Query) -> list[Document]:
    """Subscriptions as they are listed, to the application that made them."""
    return [_render(subscription) for subscription in subscriptions]


def _read_collection(body: Body) -> Collection:
    path = body.text("resource").strip("/").removeprefix("v1.0/").lower()
    found = next((one for one in Collection if one.value == path), None)
    if found is None:
        known = ", ".join(one.value for one in Collection)
        raise InvalidInput(fields={"resource": f"must be one of: {known}"})
    return found


def _read_change_types(body: Body) -> frozenset[ChangeType]:
    words = [word.strip().lower() for word in body.text("changeType").split(",") if word.strip()]
    if not words or not all(word in _CHANGE_TYPES for word in words):
        raise InvalidInput(fields={"changeType": "must be some of created, updated and deleted, by comma"})
    return frozenset(_CHANGE_TYPES[word] for word in words)


def _render(subscription: Subscription) -> Document:
    state = subscription.client_state
    return {
        "id": str(subscription.id),
        "resource": subscription.collection,
        "changeType": ",".join(subscription.change_types),
        "notificationUrl": subscription.notification_url,
        "lifecycleNotificationUrl": subscription.lifecycle_url or None,
        "expirationDateTime": format_time(subscription.expires_at),
        "applicationId": str(subscription.client_id),
        "creatorId": str(subscription.user_id) if subscription.user_id else None,
        "clientState": unseal(state, SEAL_USE) if state else None,
        "includeResourceData": False,
        "latestSupportedTlsVersion": subscription.tls_version,
    }
