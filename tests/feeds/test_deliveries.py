"""The ledger: how far a consumer has come, what it passed over, and what sends it back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.cast import NOW, Cast, import_all, scope_with
from tests.siem.programs import Speaker, full_alert, read, speak
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, InvalidInput, NotFound
from tidegate.feeds.actions.deliveries import note_delivery, note_failure
from tidegate.feeds.actions.replays import cancel_replay, set_replay
from tidegate.feeds.models import Consumer, DeliveryDay, Gap
from tidegate.feeds.queries import Standing, get_standing, list_gaps, list_standings
from tidegate.feeds.words import Feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def siem(cast: Cast) -> Speaker:
    return speak(cast, Resource.SIEM)


def take(cast: Cast, *names: str, at: datetime = NOW) -> None:
    with standing_at(at):
        import_all(cast.customer, [full_alert(id=name) for name in names])


def poll(siem: Speaker, *, at: datetime = NOW, **parameters: Any) -> list[str]:
    with standing_at(at):
        response = siem.get("/api/alerts", **parameters)
        assert response.status_code == 200, response.content
        return [body["AlertId"] for body in read(response)]


def standing(cast: Cast, *, at: datetime = NOW) -> Standing:
    with standing_at(at):
        (found,) = list_standings(cast.enter("admin"))
    return found


def test_a_consumer_that_has_everything_is_not_behind(cast: Cast, siem: Speaker) -> None:
    take(cast, "a", "b")
    poll(siem, at=NOW + MINUTE)

    found = standing(cast, at=NOW + 60 * MINUTE)
    consumer = found.consumer
    assert (found.feed, found.application, consumer.client_id) == (
        Feed.SIEM, "Harbour SIEM", siem.program.application.client_id,
    )  # fmt: skip
    assert (consumer.covered_until, consumer.last_fetched_at, consumer.last_count) == (
        NOW + MINUTE, NOW + MINUTE, 2,
    )  # fmt: skip
    assert (found.waiting, found.waiting_since, found.is_behind, found.lag) == (0, None, False, timedelta())


def test_what_waits_for_a_consumer_and_for_how_long(cast: Cast, siem: Speaker) -> None:
    take(cast, "a")
    poll(siem, at=NOW + MINUTE)
    take(cast, "b", at=NOW + 2 * MINUTE)
    take(cast, "c", at=NOW + 10 * MINUTE)

    with standing_at(NOW + 16 * MINUTE):
        found = standing(cast, at=NOW + 16 * MINUTE)
        assert (found.waiting, round(found.behind / MINUTE), found.is_behind) == (2, 14, False)
        assert round(found.lag / MINUTE) == 9
    with standing_at(NOW + 18 * MINUTE):
        assert standing(cast, at=NOW + 18 * MINUTE).is_behind


def test_who_begins_after_where_they_had_come_to_leaves_a_gap_if_something_is_in_it(
    cast: Cast, siem: Speaker
) -> None:
    take(cast, "a")
    poll(siem, at=NOW + MINUTE)
    poll(siem, at=NOW + 3 * MINUTE, ago="PT1M")
    assert Gap.rows.count() == 0
    take(cast, "missed", "too", at=NOW + 5 * MINUTE)
    assert poll(siem, at=NOW + 9 * MINUTE, ago="PT1M") == []

    (gap,) = Gap.rows.all()
    assert (gap.since, gap.until, gap.items, gap.closed_at) == (
        NOW + 3 * MINUTE, NOW + 8 * MINUTE, 2, None,
    )  # fmt: skip
    assert standing(cast).open_gaps == 1

    assert poll(siem, at=NOW + 10 * MINUTE, ago="PT8M") == ["missed", "too"]
    gap.refresh_from_db()
    assert gap.closed_at == NOW + 10 * MINUTE


def test_a_limit_that_cuts_covers_only_what_it_leaves(cast: Cast, siem: Speaker) -> None:
    take(cast, "a")
    poll(siem, at=NOW + MINUTE)
    take(cast, "b", "c", "d", at=NOW + 2 * MINUTE)
    assert poll(siem, at=NOW + 3 * MINUTE, limit=2) == ["c", "d"]

    (gap,) = Gap.rows.all()
    assert gap.items == 1


def test_an_administrator_sends_a_consumer_back_once(cast: Cast, siem: Speaker) -> None:
    take(cast, "old", at=NOW - timedelta(hours=8))
    take(cast, "a", "b")
    poll(siem, at=NOW + MINUTE)
    consumer = standing(cast).consumer
    set_replay(cast.enter("admin"), consumer.id, NOW - timedelta(hours=9))

    assert poll(siem, at=NOW + 2 * MINUTE, ago="PT1M", limit=1) == ["old", "a", "b"]
    assert poll(siem, at=NOW + 3 * MINUTE, ago="PT1M") == []
    event = AuditEvent.rows.get(tag="feed.replay_set")
    assert (event.tenant_id, event.target_name) == (cast.customer.id, "siem")


def test_a_replay_of_a_list_moves_where_its_filter_begins_until_its_last_page(cast: Cast) -> None:
    take(cast, "a", "b", at=NOW - timedelta(hours=8))
    defender = speak(cast, Resource.DEFENDER)
    options: dict[str, Any] = {"$filter": "lastUpdateTime gt 2026-03-10T08:59:00Z and severity eq 'Medium'"}

    def fetch(**more: Any) -> list[str]:
        return [alert["id"] for alert in read(defender.get("/api/alerts", **options, **more))["value"]]

    assert fetch() == []
    consumer = standing(cast).consumer
    assert (consumer.feed, consumer.covered_until) == (Feed.DEFENDER_ALERTS, consumer.covered_until)
    set_replay(cast.enter("admin"), consumer.id, NOW - timedelta(hours=9))
    paged = {"$top": 1, "$orderby": "lastUpdateTime asc"}
    assert fetch(**paged) == ["a"]
    assert fetch(**paged, **{"$skip": 1}) == ["b"]
    assert fetch() == []


def test_a_replay_is_taken_back(cast: Cast, siem: Speaker) -> None:
    take(cast, "old", at=NOW - timedelta(hours=8))
    poll(siem)
    consumer = standing(cast).consumer
    set_replay(cast.enter("admin"), consumer.id, NOW - timedelta(hours=9))
    cancel_replay(cast.enter("admin"), consumer.id)

    assert poll(siem) == []


@pytest.mark.parametrize("name", ["analyst", "lead", "member", "reader", "helper"])
def test_only_who_manages_applications_sends_back(cast: Cast, siem: Speaker, name: str) -> None:
    poll(siem)
    with pytest.raises(Forbidden):
        set_replay(cast.enter(name), standing(cast).consumer.id, NOW)


def test_others_consumers_are_not_there(cast: Cast, siem: Speaker) -> None:
    poll(siem)
    consumer = standing(cast).consumer
    outsider = cast.enter("outsider", cast.other)

    assert list_standings(outsider) == []
    for ask in (get_standing, cancel_replay):
        with pytest.raises(NotFound):
            ask(outsider, consumer.id)
    with pytest.raises(InvalidInput, match="future"):
        set_replay(cast.enter("admin"), consumer.id, NOW + MINUTE)


def test_failures_stand_in_the_ledger_until_something_is_delivered(cast: Cast, siem: Speaker) -> None:
    siem.get("/api/alerts", ago="soon")
    stream = siem.get("/api/alerts")
    next(stream._iterator)
    stream._iterator.close()

    found = standing(cast).consumer
    assert (found.failures, found.last_error, found.last_failed_at) == (2, "closed_by_client", NOW)
    poll(siem)
    found = standing(cast).consumer
    assert (found.failures, found.last_error) == (0, "closed_by_client")
    day = DeliveryDay.rows.get()
    assert (day.fetches, day.items, day.failures, str(day.day)) == (1, 0, 2, "2026-03-10")


def test_pages_cover_no_more_than_what_was_there_when_they_began(cast: Cast) -> None:
    scope = scope_with(cast.customer, Permission.APPLICATION_READ)
    client_id = cast.customer.id
    told: dict[str, Any] = {"client_id": client_id, "feed": Feed.GRAPH_ALERTS, "since": NOW, "count": 1}
    note_delivery(scope, **told, until=None, newest=NOW + MINUTE)
    note_delivery(scope, **told, until=NOW + 9 * MINUTE, newest=NOW, goes_on=True)

    assert Consumer.rows.get().covered_until == NOW + MINUTE


def test_a_look_at_something_follows_nothing(cast: Cast) -> None:
    take(cast, "a")
    defender = speak(cast, Resource.DEFENDER)
    read(defender.get("/api/alerts", **{"$filter": "id eq 'a'"}))

    found = standing(cast)
    assert (found.follows, found.waiting, found.consumer.last_count) == (False, 0, 1)


def test_the_newest_first_up_to_a_number_cover_from_the_oldest_of_them(cast: Cast) -> None:
    take(cast, "a", at=NOW - 9 * MINUTE)
    take(cast, "b", "c")
    defender = speak(cast, Resource.DEFENDER)
    read(defender.get("/api/alerts", **{"$top": 1, "$orderby": "lastUpdateTime desc"}))

    assert standing(cast).follows


def test_the_ledger_costs_the_same_for_one_and_for_three(
    cast: Cast, siem: Speaker, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    take(cast, "a")
    scope = cast.enter("admin")
    poll(siem)
    for feed in (Feed.GRAPH_ALERTS, Feed.XDR_INCIDENTS):
        with django_assert_num_queries(3):
            found = list_standings(scope)
        with django_assert_num_queries(1):
            list_gaps(scope, [one.consumer for one in found])
        note_failure(scope, client_id=siem.program.application.client_id, feed=feed, error="x")
