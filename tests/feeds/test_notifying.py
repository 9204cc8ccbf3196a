from datetime import timedelta
from typing import Any

import pytest

from tests.applications import (
    app_permissions,
    delegated_permissions,
    let_in,
    make_program,
    operator_of,
)
from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert
from tests.devices.making import device_evidence
from tests.feeds.receiving import Receiver, put_in_place
from tests.incidents.hiding import Queue, write_queue
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import SYSTEM
from tidegate.core.clock import standing_at
from tidegate.core.worker import Job, run_pending
from tidegate.directory.actions.consents import withdraw_consent
from tidegate.directory.actions.groups import create_group
from tidegate.directory.actions.users import remove_user
from tidegate.directory.applications import find_principal, grants_in_force
from tidegate.directory.models import User
from tidegate.feeds.actions.subscriptions import Wish, subscribe
from tidegate.feeds.models import ChangeNotification, Subscription
from tidegate.feeds.subscribed import ChangeType, Collection
from tidegate.feeds.subscription_jobs import (
    end_expired_subscriptions,
    read_changes_for_subscriptions,
    tell_subscriptions,
)
from tidegate.gate.applications import Claim, open_for_claim
from tidegate.incidents.actions.changes import set_alert_status

pytestmark = pytest.mark.usefixtures("now")
VALUES = ("SecurityAlert.Read.All", "SecurityIncident.Read.All", "User.Read.All", "Group.Read.All")


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    return put_in_place(monkeypatch)


def follow(
    cast: Cast, collection: Collection = Collection.ALERTS, *, user: User | None = None, **members: Any
) -> Subscription:
    where, program = cast.customer, make_program(cast)
    find = delegated_permissions if user else app_permissions
    let_in(program, where, *find(Resource.GRAPH, *VALUES))
    claim = Claim(where.id, program.application.client_id, user.id if user else None, frozenset(VALUES))
    wish = Wish(
        collection,
        frozenset({ChangeType.CREATED, ChangeType.UPDATED, ChangeType.DELETED}),
        "https://hooks.example/a",
        NOW + timedelta(days=20),
        **{"client_state": "our secret", **members},
    )
    return subscribe(open_for_claim(claim, Resource.GRAPH, SYSTEM), claim, wish)


def run() -> None:
    run_pending([Job("read", read_changes_for_subscriptions), Job("tell", tell_subscriptions)])


def test_new_and_changed_alerts_are_told(cast: Cast, receiver: Receiver) -> None:
    import_all(cast.customer, [graph_alert(id="before")])
    subscription = follow(cast)
    import_all(cast.customer, [graph_alert(id="a"), graph_alert(id="b")])
    run()
    set_alert_status(cast.enter("analyst"), "a", "inProgress")
    import_all(cast.customer, [graph_alert(id="b", lastUpdateDateTime="2026-03-03T10:00:00Z")])
    run()

    assert receiver.changes == [
        ("created", "security/alerts_v2/a"),
        ("created", "security/alerts_v2/b"),
        ("updated", "security/alerts_v2/a"),
        ("updated", "security/alerts_v2/b"),
    ]
    assert receiver.told[0][0] == "https://hooks.example/a"
    assert receiver.told[0][1][0] == {
        "subscriptionId": str(subscription.id),
        "subscriptionExpirationDateTime": "2026-03-30T09:00:00Z",
        "clientState": "our secret",
        "tenantId": str(cast.customer.id),
        "changeType": "created",
        "resource": "security/alerts_v2/a",
        "resourceData": {
            "@odata.type": "#microsoft.graph.security.alert",
            "@odata.id": "security/alerts_v2/a",
            "id": "a",
        },
    }
    assert not ChangeNotification.rows.exists()


def test_incidents_groups_and_users_are_told(cast: Cast, receiver: Receiver) -> None:
    for collection in (Collection.INCIDENTS, Collection.GROUPS):
        follow(cast, collection)
    import_all(cast.customer, [graph_alert(id="a", incidentId="7")])
    group = create_group(cast.enter("admin"), display_name="Readers")
    run()

    assert sorted(receiver.changes) == [
        ("created", f"groups/{group.id}"),
        ("created", "security/incidents/7"),
    ]


def test_other_tenants_changes_are_not_told(cast: Cast, receiver: Receiver) -> None:
    follow(cast)
    import_all(cast.other, [graph_alert(id="theirs")])
    run()

    assert receiver.told == []


def test_change_types_that_were_not_asked_for_are_not_told(cast: Cast, receiver: Receiver) -> None:
    subscription = follow(cast)
    Subscription.rows.filter(id=subscription.id).update(change_types=["updated"])
    import_all(cast.customer, [graph_alert(id="a")])
    run()

    assert receiver.told == []


def test_what_is_not_taken_is_told_again_later(cast: Cast, receiver: Receiver) -> None:
    follow(cast)
    import_all(cast.customer, [graph_alert(id="a")])
    receiver.status = 503
    run()
    run()
    assert len(receiver.told) == 1
    assert Subscription.rows.get().last_error == "The receiver answered 503."

    receiver.status = 202
    with standing_at(NOW + timedelta(minutes=1)):
        run()

    assert [len(many) for _, many in receiver.told] == [1, 1]
    assert (Subscription.rows.get().failing_since, Subscription.rows.get().last_error) == (None, "")


def test_what_is_never_taken_is_given_up_and_kept_on_record(cast: Cast, receiver: Receiver) -> None:
    follow(cast, lifecycle_url="https://hooks.example/lifecycle")
    import_all(cast.customer, [graph_alert(id="a")])
    receiver.status = 500
    run()
    with standing_at(NOW + timedelta(hours=5)):
        run()

    assert [one["lifecycleEvent"] for one in receiver.told[-1][1]] == ["missed"]
    assert receiver.told[-1][0] == "https://hooks.example/lifecycle"
    missed = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="subscription.missed")
    assert missed.count() == 1


def test_nothing_is_told_once_consent_is_withdrawn(cast: Cast, receiver: Receiver) -> None:
    subscription = follow(cast)
    import_all(cast.customer, [graph_alert(id="a")])
    scope = operator_of(cast.customer, Permission.CONSENT_GRANT)
    principal = find_principal(cast.customer.id, subscription.client_id)
    assert principal is not None
    withdraw_consent(scope, principal.id, [grant.id for grant in grants_in_force(principal, NOW)])
    run()

    assert receiver.told == []
    ended = Subscription.rows.get()
    assert (ended.ended_at, ended.ended_because) == (NOW, "What it needs is no longer granted.")
    assert not ChangeNotification.rows.exists()


def test_nothing_is_told_to_an_address_that_leads_inside(cast: Cast, receiver: Receiver) -> None:
    follow(cast)
    import_all(cast.customer, [graph_alert(id="a")])
    receiver.refused = True
    run()

    assert Subscription.rows.get().ended_because == "hooks.example is not on the public internet."


def test_subscription_ends_by_itself(cast: Cast, receiver: Receiver) -> None:
    follow(cast)
    with standing_at(NOW + timedelta(days=21)):
        import_all(cast.customer, [graph_alert(id="a")])
        run()
        assert end_expired_subscriptions()
        assert not end_expired_subscriptions()

    assert receiver.told == []
    assert Subscription.rows.get().ended_because == "It expired."


def test_person_is_not_told_of_devices_that_they_may_not_see(cast: Cast, receiver: Receiver) -> None:
    write_queue(cast.enter("admin"), cast.customer, Queue((), frozenset({"red"}), frozenset()), "Tier 1")
    follow(cast, user=cast.user("analyst"))
    follow(cast, Collection.INCIDENTS, user=cast.user("analyst"))
    named = {"red-1": "8", "green-1": "9"}
    import_all(
        cast.customer,
        [
            graph_alert(id=device, incidentId=incident, evidence=[device_evidence(device)])
            for device, incident in named.items()
        ],
    )
    run()

    assert sorted(receiver.changes) == [
        ("created", "security/alerts_v2/green-1"),
        ("created", "security/incidents/9"),
    ]
    assert not ChangeNotification.rows.exists()


def test_person_who_was_removed_is_told_nothing(cast: Cast, receiver: Receiver) -> None:
    follow(cast, user=cast.user("analyst"))
    import_all(cast.customer, [graph_alert(id="a")])
    remove_user(cast.enter("admin"), cast.user("analyst").id)
    run()

    assert receiver.told == []
    assert Subscription.rows.get().ended_because == "What it needs is no longer granted."
