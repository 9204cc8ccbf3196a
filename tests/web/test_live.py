"""Open pages: who gets a stream, what it is told, when it ends, and who is seen to look."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from tests.cast import GUESTS_END, NOW, Cast, days
from tests.customers.making import make_group, naming
from tests.devices.making import hide
from tests.web.conftest import Visitor, text_of
from tests.web.queue_pages import bring_in, some_incident
from tidegate.accounts.models import Account
from tidegate.core.clock import standing_at
from tidegate.customers.rules import GroupRule
from tidegate.directory.models import Tenant, User
from tidegate.incidents.actions.changes import assign_incident
from tidegate.incidents.actions.comments import comment_alert, comment_incident
from tidegate.incidents.models import Alert, Incident
from tidegate.live.actions import KEPT_FOR, begin_looking, end_looking, keep_looking
from tidegate.live.grants import Grant, Slot
from tidegate.live.queries import everybody_looking, list_onlookers
from tidegate.live.rounds import Round
from tidegate.live.still import find_ended, find_shut
from tidegate.live.streams import Hint, Stream
from tidegate.web.queue.changed import write_known

type Visit = Callable[..., Visitor]
type Told = list[tuple[Stream, Hint | None]]


@pytest.fixture
def queue(cast: Cast) -> Cast:
    bring_in(cast, some_incident(41), some_incident(42))
    return cast


def ask(visitor: Visitor, of: str = "incidents", **params: str) -> tuple[int, Grant | None]:
    slot = Slot()
    answer = visitor.client.get("/live", {"tid": visitor.tid, "of": of, **params}, **{Slot.NAME: slot})  # type: ignore[arg-type]
    return answer.status_code, slot.grant


def grant_of(visitor: Visitor, of: str = "incidents") -> Grant:
    status, grant = ask(visitor, of)
    assert status == 200
    assert grant is not None
    return grant


@pytest.mark.parametrize("of", ["incidents", "alerts", "incident:41", "alert:da41"])
def test_stream_is_for_who_may_open_the_page(queue: Cast, visit: Visit, of: str) -> None:
    statuses = {name: ask(visit(name), of)[0] for name in ("admin", "reader", "analyst", "lead")}
    refused = {name: ask(visit(name), of) for name in ("member", "helper", "outsider", "boss")}
    absent = ask(Visitor(visit("analyst").client, str(uuid.uuid4())), of)

    assert statuses == dict.fromkeys(statuses, 200)
    assert refused == {
        "member": (403, None), "helper": (403, None), "outsider": (404, None), "boss": (404, None)
    }  # fmt: skip
    assert absent == (404, None)


@pytest.mark.parametrize(
    ("of", "tid", "status"),
    [
        ("incident:99", "", 404),
        ("alert:none", "", 404),
        ("incident:x", "", 400),
        ("users", "", 400),
        ("incident:41", "all", 400),
        ("incidents", "group:nobody's", 404),
    ],
)
def test_nothing_is_granted_for_what_is_not_there(
    queue: Cast, visit: Visit, of: str, tid: str, status: int
) -> None:
    visitor = visit("analyst")

    assert ask(Visitor(visitor.client, tid or visitor.tid), of) == (status, None)


def test_nobody_gets_no_stream(queue: Cast, visit: Visit) -> None:
    visitor = visit("analyst")
    visitor.client.logout()

    assert ask(visitor) == (302, None)


def test_what_is_hidden_has_no_stream(queue: Cast, visit: Visit) -> None:
    hide(queue, "ws1")

    assert ask(visit("analyst"), "incident:41") == (404, None)


def test_server_that_streams_nothing_says_so_for_good(queue: Cast, visit: Visit) -> None:
    assert visit("analyst").get("/live").status_code == 204


def end_session(cast: Cast) -> None:
    Session.objects.all().delete()


def block_account(cast: Cast) -> None:
    Account.objects.filter(id=cast.accounts["lead"].id).update(is_active=False)


def end_sessions_everywhere(cast: Cast) -> None:
    Account.objects.filter(id=cast.accounts["lead"].id).update(sessions_epoch=7)


def end_access(cast: Cast) -> None:
    User.objects.of_tenant(cast.customer.id).filter(id=cast.user("lead").id).update(ends_at=NOW - days(1))


@pytest.mark.parametrize("take_away", [end_session, block_account, end_sessions_everywhere, end_access])
@pytest.mark.parametrize("of", ["incidents", "incident:41"])
def test_stream_ends_with_what_it_rests_on(
    queue: Cast, visit: Visit, of: str, take_away: Callable[[Cast], None]
) -> None:
    own, reader = grant_of(visit("lead"), of), grant_of(visit("reader"), of)
    assert find_ended([own, reader]) == set()

    take_away(queue)

    assert own in find_ended([own, reader])
    assert (reader in find_ended([own, reader])) == (take_away is end_session)


def test_stream_ends_at_the_instant_at_which_access_does(queue: Cast, visit: Visit) -> None:
    grant = grant_of(visit("lead"))

    with standing_at(GUESTS_END - days(1)):
        assert find_ended([grant]) == set()
    with standing_at(GUESTS_END):
        assert find_ended([grant]) == {grant}


def test_stream_of_what_is_hidden_meanwhile_is_shut(queue: Cast, visit: Visit) -> None:
    analyst, admin = grant_of(visit("analyst"), "incident:41"), grant_of(visit("admin"), "incident:41")
    assert find_shut([analyst, admin]) == set()

    hide(queue, "ws1")

    assert find_shut([analyst, admin]) == {analyst}


class Streams:
    """Streams of several pages, and what each was told; hints stand in the order of the table."""

    def __init__(self, **grants: Grant) -> None:
        self.streams = {name: Stream(grant) for name, grant in grants.items()}
        self.told: list[tuple[str, Hint | None]] = []
        self.round = Round({stream.id: stream for stream in self.streams.values()}, self.tell)
        # Everything is due at once.
        self.round.paces = dict.fromkeys(self.round.paces, -1.0)

    def tell(self, streams: Iterable[Stream], hint: Hint | None) -> None:
        names = {stream.id: name for name, stream in self.streams.items()}
        self.told += [(names[stream.id], hint) for stream in streams]

    def turn(self) -> set[tuple[str, Hint | None]]:
        self.told.clear()
        self.round.turn()
        return set(self.told)


@pytest.fixture
def streams(queue: Cast, visit: Visit) -> Streams:
    make_group(queue.provider, "Mills", GroupRule(include=naming(queue.customer)))
    analyst, outsider = visit("analyst"), visit("outsider", queue.other)
    return Streams(
        list=grant_of(analyst),
        alerts=grant_of(analyst, "alerts"),
        one=grant_of(analyst, "incident:41"),
        other=grant_of(visit("admin"), "incident:42"),
        all=grant_of(Visitor(analyst.client, "all")),
        group=grant_of(Visitor(analyst.client, "group:mills")),
        theirs=grant_of(outsider, "incident:41"),
        all_theirs=grant_of(Visitor(outsider.client, "all")),
    )


def test_change_is_told_to_pages_that_show_it_and_no_others(queue: Cast, streams: Streams) -> None:
    assert streams.turn() == set()

    comment_incident(queue.enter("admin"), 41, "Seen.")
    told = streams.turn()

    assert told == {(name, Hint.CHANGED) for name in ("list", "one", "all", "group")}
    assert streams.turn() == set()


def test_alerts_that_come_in_are_told_to_every_page_of_their_tenant(queue: Cast, streams: Streams) -> None:
    bring_in(queue, some_incident(43))

    told = streams.turn()

    assert told == {(name, Hint.CHANGED) for name in streams.streams}


def test_looking_is_no_change(queue: Cast, visit: Visit, streams: Streams) -> None:
    visit("lead").get("/incidents/41")
    visit("lead").get("/incidents")

    assert streams.turn() == set()


def test_nobody_is_told_of_a_tenant_that_they_may_no_longer_enter(queue: Cast, streams: Streams) -> None:
    User.objects.of_tenant(queue.customer.id).filter(id=queue.user("analyst").id).update(blocked_at=NOW)
    comment_incident(queue.enter("admin"), 41, "Seen.")

    told = streams.turn()

    assert told == {(name, None) for name in ("list", "alerts", "one")}


def test_onlookers_are_told_when_they_come_and_go(queue: Cast, streams: Streams) -> None:
    look_id = uuid.uuid4()
    begin_looking(queue.enter("lead"), "incident:41", look_id)

    assert streams.turn() == {("one", Hint.ONLOOKERS)}
    assert streams.turn() == set()

    end_looking([look_id])
    assert streams.turn() == {("one", Hint.ONLOOKERS)}


def look(cast: Cast, name: str, tenant: Tenant | None = None) -> None:
    begin_looking(cast.enter(name, tenant), "incident:41", uuid.uuid4())


def names_seen_by(cast: Cast, name: str, tenant: Tenant | None = None) -> list[str]:
    return [user.display_name for user in list_onlookers(cast.enter(name, tenant), "incident:41")]


def test_onlookers_are_those_of_this_very_tenant_without_oneself(queue: Cast, visit: Visit) -> None:
    for name in ("analyst", "lead", "admin"):
        look(queue, name)
    look(queue, "lead")
    look(queue, "outsider", queue.other)

    assert names_seen_by(queue, "admin") == ["Analyst", "Lead"]
    assert names_seen_by(queue, "analyst") == ["Admin", "Lead"]
    assert names_seen_by(queue, "outsider", queue.other) == []
    shown = text_of(visit("reader").get("/live/onlookers", of="incident:41"))
    assert shown == "AD AN LE Admin and 2 others are looking at this"
    assert visit("outsider").get("/live/onlookers", of="incident:41").status_code == 404
    assert visit("member").get("/live/onlookers", of="incident:41").status_code == 403


def test_onlooker_whose_access_has_ended_is_not_shown(queue: Cast) -> None:
    look(queue, "lead")
    look(queue, "analyst")
    assert names_seen_by(queue, "reader") == ["Analyst", "Lead"]

    end_access(queue)

    assert names_seen_by(queue, "reader") == ["Analyst"]


def test_onlooker_is_forgotten_unless_they_go_on_looking(queue: Cast) -> None:
    stays, goes = uuid.uuid4(), uuid.uuid4()
    begin_looking(queue.enter("lead"), "incident:41", stays)
    begin_looking(queue.enter("analyst"), "incident:41", goes)

    with standing_at(NOW + KEPT_FOR / 2):
        keep_looking([stays])
    with standing_at(NOW + KEPT_FOR * 1.25):
        assert names_seen_by(queue, "admin") == ["Lead"]
        assert everybody_looking() == {(queue.customer.id, "incident:41"): frozenset({queue.user("lead").id})}


def newer(visitor: Visitor, what: str = "incidents", **params: str) -> Any:
    return visitor.get(f"/newer/{what}", **params)


@pytest.mark.parametrize("tid", ["", "all"])
def test_rows_that_have_changed_come_as_they_are_now(queue: Cast, visit: Visit, tid: str) -> None:
    visitor = visit("lead")
    visitor = Visitor(visitor.client, tid or visitor.tid)
    rows = list(Incident.objects.of_tenant(queue.customer.id).order_by("number"))
    theirs = Incident.objects.of_tenant(queue.other.id).get(number=41)
    shown = ",".join(map(write_known, [*rows, theirs]))
    assert "data-rows" not in newer(visitor, rows=shown).content.decode()

    assign_incident(queue.enter("lead"), 41, user_id=queue.user("lead").id)
    Incident.objects.of_tenant(queue.other.id).update(last_update_at=NOW + days(1))
    answer = newer(visitor, rows=shown).content.decode()

    assert answer.count("<tr") == 1
    assert ">41<" in answer
    assert "Lead" in answer
    assert "LEAKED" not in answer


def test_alerts_that_have_changed_come_likewise(queue: Cast, visit: Visit) -> None:
    visitor = visit("lead")
    alerts = Alert.objects.of_tenant(queue.customer.id)
    shown = ",".join(map(write_known, alerts))
    assert "data-rows" not in newer(visitor, "alerts", rows=shown).content.decode()

    comment_alert(queue.enter("admin"), "da42", "Seen.")
    answer = newer(visitor, "alerts", rows=shown).content.decode()

    assert answer.count("<tr") == 1
    assert "Alert of 42" in answer


@pytest.mark.parametrize("rows", ["x", "a.b.c", "," * 3 + "1.2", f"{'a' * 32}.{'b' * 32}.{'9' * 40}"])
def test_rows_that_no_page_shows_are_refused(queue: Cast, visit: Visit, rows: str) -> None:
    assert newer(visit("lead"), rows=rows).status_code == 400


def test_page_of_an_incident_is_told_whether_it_is_as_it_was(queue: Cast, visit: Visit) -> None:
    page = visit("admin").get("/incidents/41")
    at = page.context["live_at"]
    change = {"of": "incident:41", "at": at}
    assert visit("admin").get("/live/change", **change).status_code == 204

    with standing_at(NOW + days(1)):
        comment_incident(queue.enter("lead"), 41, "Seen.")
        by_admin, by_analyst = (visit(name).get("/live/change", **change) for name in ("admin", "analyst"))

    assert "Changed by Lead" in text_of(by_admin)
    assert "This incident changed" in text_of(by_analyst)
    assert visit("outsider").get("/live/change", **change).status_code == 404
