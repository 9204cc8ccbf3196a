"""Whatever the mail server does: nothing lost, nothing twice, and all of it in the log."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from tests.cast import NOW, Cast, days, import_all, make_cast
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice, Running
from tests.notifications.ruling import READER, make_rule, work
from tidegate.connectors.channels.email import server as smtp_server
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, NotFound
from tidegate.notifications import sending
from tidegate.notifications.actions.deliveries import (
    lift_suppression,
    resend_delivery,
    suppress_recipient,
    unsubscribe,
)
from tidegate.notifications.carriers.mail import end_session
from tidegate.notifications.contents import Contents
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.jobs import tell_what_happened
from tidegate.notifications.mail_server import find_post
from tidegate.notifications.models import Delivery, MailServer, SuppressedRecipient
from tidegate.notifications.queries import DeliveryFilter, list_suppressed, page_deliveries
from tidegate.notifications.retrying import GIVEN_UP_AFTER, next_try
from tidegate.notifications.words import ChannelKind

pytestmark = pytest.mark.usefixtures("now")

OTHER = "second@customer.example"


def always(answer: str) -> Callable[[str], str]:
    return lambda _: answer


def alert(cast: Cast, number: int = 1) -> None:
    import_all(cast.customer, [graph_alert(id=f"a{number}", title=f"Alert {number}")])


def test_a_server_that_is_down_for_an_hour_gets_everything_once(cast: Cast, running: Running) -> None:
    make_rule(cast.enter("admin"))
    running.close()
    for minute in range(0, 60, 6):
        with standing_at(NOW + timedelta(minutes=minute)):
            alert(cast, minute)
            work()
    assert MailServer.objects.get().failing_since == NOW
    running.open()
    with standing_at(NOW + timedelta(hours=2)):
        work()
    subjects = sorted(mail["Subject"] for mail in running.office.mails())
    assert len(subjects) == len(set(subjects)) == 10
    assert set(Delivery.rows.values_list("state", flat=True)) == {"sent"}
    assert MailServer.objects.get().failing_since is None


def test_a_server_that_is_down_is_asked_seldom(cast: Cast, running: Running) -> None:
    make_rule(cast.enter("admin"))
    running.close()
    for number in range(5):
        alert(cast, number)
    work()
    work()
    assert sorted(Delivery.rows.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]


def test_a_recipient_who_is_put_off_is_tried_later_and_keeps_nobody_waiting(
    cast: Cast, office: PostOffice
) -> None:
    make_rule(cast.enter("admin"), recipients=[RecipientDraft(email=READER), RecipientDraft(email=OTHER)])
    office.on_recipient = lambda who: "451 Greylisted" if who == READER else "250 Taken"
    alert(cast)
    work()
    assert office.recipients() == [OTHER]
    put_off = Delivery.rows.get(email=READER)
    assert (put_off.state, put_off.last_answer) == ("waiting", "451 Greylisted")
    assert timedelta(minutes=1) <= put_off.try_at - NOW <= timedelta(minutes=2)
    office.on_recipient = lambda _: "250 Taken"
    with standing_at(put_off.try_at):
        work()
    ids = [mail["Message-ID"] for mail in office.mails() if mail["To"] == READER]
    assert ids == [f"<{put_off.message_id}>"]


def test_pauses_grow_and_end() -> None:
    tries = [next_try(ChannelKind.MAIL, number, NOW, NOW) for number in (1, 2, 3, 20)]
    minutes = [(one - NOW).total_seconds() / 60 if one else 0 for one in tries]
    assert all(low <= found <= 1.25 * low for low, found in zip((1, 2, 4, 60), minutes, strict=True))
    assert next_try(ChannelKind.MAIL, 3, NOW, NOW + GIVEN_UP_AFTER) is None
    assert next_try(ChannelKind.WEBHOOK, 10, NOW, NOW) is None


@pytest.mark.parametrize("where", ["on_recipient", "on_data"])
def test_what_is_refused_for_good_fails_and_after_three_its_recipient_is_suppressed(
    cast: Cast, office: PostOffice, where: str
) -> None:
    scope = cast.enter("admin")
    make_rule(scope)
    setattr(office, where, lambda who: "550 No such user" if who == READER else "250 Taken")
    for number in range(4):
        alert(cast, number)
        work()
    assert sorted(Delivery.rows.filter(email=READER).values_list("state", "last_answer")) == [
        ("failed", "550 No such user"),
        ("failed", "550 No such user"),
        ("failed", "550 No such user"),
        ("suppressed", "Their mail server refused several mails for good"),
    ]
    assert office.recipients() == ["admin@customer.example"]
    [row] = list_suppressed(scope)
    lift_suppression(scope, row.id)
    setattr(office, where, lambda _: "250 Taken")
    alert(cast, 9)
    work()
    assert office.recipients()[-1] == READER


def test_refusals_count_in_a_row_only(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    for number, answer in enumerate(("550 No", "550 No", "250 Yes", "550 No", "550 No")):
        office.on_recipient = always(answer)
        alert(cast, number)
        work()
    assert SuppressedRecipient.rows.filter(suppressed_at__isnull=False).count() == 0


@pytest.mark.slow
def test_a_slow_server_holds_nobody_for_long_and_loses_nothing(
    cast: Cast, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_server.SmtpServer, "__init__", impatient(smtp_server.SmtpServer.__init__))
    make_rule(cast.enter("admin"))
    running.office.delay = 1.0
    alert(cast)
    began = time.monotonic()
    work()
    assert time.monotonic() - began < 5
    assert Delivery.rows.get().state == "waiting"
    running.office.delay = 0.0
    time.sleep(1.5)
    with standing_at(NOW + timedelta(hours=1)):
        work()
    assert Delivery.rows.get().state == "sent"


def impatient(make: object) -> object:
    def with_less(self: object, *arguments: object, **named: object) -> None:
        make(self, *arguments, **{"patience": 0.3, **named})  # type: ignore[operator]

    return with_less


def test_a_worker_that_died_while_sending_leaves_it_to_the_next(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    alert(cast)
    work_until_claimed()
    assert Delivery.rows.get().state == "sending"
    work()
    assert office.taken == []
    with standing_at(NOW + sending.LEASE):
        work()
    assert len(office.taken) == 1


def work_until_claimed() -> None:
    while tell_what_happened():
        pass
    assert len(sending._claim(ChannelKind.MAIL)) == 1


def round_of(delivery: Delivery) -> sending._Round:
    return sending._Round(Contents([delivery]), find_post())


def test_a_claim_that_ran_out_writes_nothing(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    alert(cast)
    while tell_what_happened():
        pass
    [first] = sending._claim(ChannelKind.MAIL)
    with standing_at(NOW + sending.LEASE):
        [second] = sending._claim(ChannelKind.MAIL)
        for delivery in (first, second):
            round_of(delivery).take(delivery)
    assert len(office.taken) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_mail_once(running: Running) -> None:
    cast = make_cast()
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert(id=f"a{n}", title=f"Alert {n}") for n in range(25)])

    def work_alone() -> None:
        with standing_at(NOW + days(1)):
            work()
        end_session()
        connection.close()

    workers = [threading.Thread(target=work_alone) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ids = [mail["Message-ID"] for mail in running.office.mails()]
    assert len(set(ids)) == len(ids) == 25


def test_one_connection_takes_many_mails(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert(id=f"a{n}") for n in range(20)])
    work()
    assert (len(office.taken), office.connections) == (20, 1)


def test_the_log_of_a_rule_is_its_managers_and_another_tenants_is_not_there(
    cast: Cast, office: PostOffice
) -> None:
    scope = cast.enter("admin")
    rule = make_rule(scope)
    alert(cast)
    work()
    [row] = page_deliveries(scope, DeliveryFilter(rule_id=rule.id), "").rows
    assert (row.email, row.state, row.last_answer, row.attempts) == (READER, "sent", "250 Taken", 1)
    outsider = cast.enter("outsider", cast.other)
    assert page_deliveries(outsider, DeliveryFilter(rule_id=rule.id), "").rows == []
    with pytest.raises(NotFound):
        resend_delivery(outsider, row.id)


def test_a_mail_is_sent_again_under_an_id_of_its_own(cast: Cast, office: PostOffice) -> None:
    scope = cast.enter("admin")
    make_rule(scope)
    alert(cast)
    with pytest.raises(NotFound):
        resend_delivery(scope, cast.customer.id)
    work()
    [sent] = Delivery.rows.all()
    again = resend_delivery(scope, sent.id)
    with pytest.raises(Conflict):
        resend_delivery(scope, again.id)
    work()
    assert len({mail["Message-ID"] for mail in office.mails()}) == 2
    assert len({mail["Subject"] for mail in office.mails()}) == 1


def test_nothing_is_sent_to_who_is_suppressed_or_unsubscribed(cast: Cast, office: PostOffice) -> None:
    scope = cast.enter("admin")
    make_rule(scope, recipients=[RecipientDraft(email=READER), RecipientDraft(email=OTHER)])
    alert(cast)
    work()
    links = {mail["To"]: mail["List-Unsubscribe"] for mail in office.mails()}
    assert {mail["List-Unsubscribe-Post"] for mail in office.mails()} == {"List-Unsubscribe=One-Click"}
    token = links[OTHER].strip("<>").rpartition("/")[2]
    assert [unsubscribe(token).email, unsubscribe(token).email] == [OTHER, OTHER]
    suppress_recipient(scope, READER)
    alert(cast, 2)
    work()
    assert len(office.taken) == 2
    assert sorted(Delivery.rows.filter(state="suppressed").values_list("email", "suppressed_because")) == [
        (OTHER, "unsubscribed"),
        (READER, "by_hand"),
    ]


@pytest.mark.parametrize("token", ["", "x", "eyJ:1:x"])
def test_a_link_that_we_did_not_write_unsubscribes_nobody(cast: Cast, token: str) -> None:
    with pytest.raises(NotFound):
        unsubscribe(token)
