from datetime import timedelta
from typing import Any

import pytest

from tests.cast import NOW, Cast
from tests.feeds.receiving import Receiver, put_in_place
from tests.graph.speaking import Speaker, speak, speak_for
from tidegate.audit.models import AuditEvent
from tidegate.feeds.models import Subscription

pytestmark = pytest.mark.usefixtures("now")
HOOK = "https://hooks.example/tidegate?key=1"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    return put_in_place(monkeypatch)


def body(**members: Any) -> dict[str, Any]:
    return {
        "changeType": "created,updated",
        "notificationUrl": HOOK,
        "resource": "security/alerts_v2",
        "expirationDateTime": (NOW + timedelta(days=29)).isoformat(),
        "clientState": "our secret",
        **members,
    }


def speaker(cast: Cast) -> Speaker:
    return speak(cast, "SecurityAlert.Read.All")


def test_subscription_is_made_renewed_and_ended(cast: Cast, receiver: Receiver) -> None:
    program = speaker(cast)

    made = program.post("subscriptions", body())

    assert made.status == 201
    assert (made.body["resource"], made.body["changeType"]) == ("security/alerts_v2", "created,updated")
    path = f"subscriptions/{made.body['id']}"
    assert [one["clientState"] for one in program.get("subscriptions").values] == ["our secret"]
    later = (NOW + timedelta(days=30)).isoformat()
    renewed = program.patch(path, {"expirationDateTime": later})
    assert renewed.body["expirationDateTime"] == later.replace("+00:00", "Z")
    assert program.delete(path).status == 204
    assert program.get(path).code == (404, "ResourceNotFound")
    assert program.get("subscriptions").values == []


def test_client_state_is_sealed_and_in_no_event(cast: Cast, receiver: Receiver) -> None:
    speaker(cast).post("subscriptions", body())

    assert "our secret" not in str(Subscription.rows.values().get())
    told = "".join(event.details for event in AuditEvent.rows.filter(tag__startswith="subscription"))
    assert "our secret" not in told
    assert "key=1" not in told
    assert "hooks.example" in told


@pytest.mark.parametrize("change", [{"says_back": False}, {"content_type": "text/html"}, {"refused": True}])
def test_address_that_does_not_say_the_token_back_is_refused(
    cast: Cast, receiver: Receiver, change: dict[str, Any]
) -> None:
    for name, value in change.items():
        setattr(receiver, name, value)

    answer = speaker(cast).post("subscriptions", body())

    assert answer.code == (400, "BadRequest")
    assert "notificationUrl" in answer.message
    assert not Subscription.rows.exists()


@pytest.mark.parametrize(
    ("members", "named"),
    [
        ({"changeType": "sometimes"}, "changeType"),
        ({"changeType": ""}, "changeType"),
        ({"resource": "me/messages"}, "resource"),
        ({"notificationUrl": "http://hooks.example"}, "notificationUrl"),
        ({"lifecycleNotificationUrl": "ftp://hooks.example"}, "lifecycleNotificationUrl"),
        ({"expirationDateTime": None}, "expirationDateTime"),
        ({"expirationDateTime": NOW.isoformat()}, "expirationDateTime"),
        ({"expirationDateTime": (NOW + timedelta(minutes=43_201)).isoformat()}, "expirationDateTime"),
        ({"clientState": "x" * 256}, "clientState"),
        ({"latestSupportedTlsVersion": "v1_0"}, "latestSupportedTlsVersion"),
        ({"includeResourceData": True}, "includeResourceData"),
    ],
)
def test_wish_of_another_form_is_refused_by_name(
    cast: Cast, receiver: Receiver, members: dict[str, Any], named: str
) -> None:
    answer = speaker(cast).post("subscriptions", body(**members))

    assert answer.code == (400, "BadRequest")
    assert named in answer.message


def test_subscribing_needs_what_reading_needs(cast: Cast, receiver: Receiver) -> None:
    answer = speak(cast, "User.Read.All").post("subscriptions", body())

    assert answer.code == (403, "Authorization_RequestDenied")


def test_application_sees_its_own_subscriptions_only(cast: Cast, receiver: Receiver) -> None:
    one = speaker(cast)
    made = one.post("subscriptions", body()).body
    path = f"subscriptions/{made['id']}"
    others = [
        speaker(cast),
        speak(cast, "SecurityAlert.Read.All", program=one.program, tenant=cast.other),
        speak_for(cast, cast.user("analyst"), "SecurityAlert.Read.All", program=one.program),
    ]

    for other in others:
        assert other.get("subscriptions").values == []
        assert {other.get(path).status, other.patch(path, {}).status, other.delete(path).status} == {404}
    assert Subscription.rows.get().ended_at is None
