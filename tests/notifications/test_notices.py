"""Mails about people's access go the way of all others: each once, tried again, given up in the open."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.cast import NOW, Cast, days, make_cast
from tests.notifications.post_office import PostOffice, Running, text_of
from tests.notifications.ruling import work
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.entitlements.models import Notice
from tidegate.entitlements.notices import NoticeKind, tell
from tidegate.notifications.carriers.mail import end_session
from tidegate.notifications.models import Delivery
from tidegate.notifications.retrying import GIVEN_UP_AFTER

pytestmark = pytest.mark.usefixtures("now")


def make(cast: Cast, key: str = "one", **values: Any) -> None:
    given = {"request_id": "r", "package": "Tier 2", "starts_at": NOW, "ends_at": None, **values}
    tell(cast.customer.id, NoticeKind.ACCESS_GIVEN, key=key, to=cast.accounts["boss"], values=given)


def test_a_notice_is_sent_once(cast: Cast, office: PostOffice) -> None:
    make(cast)
    work()
    with standing_at(NOW + days(100)):
        work()
    [mail] = office.mails()
    delivery = Delivery.rows.get()
    assert (mail["To"], mail["Subject"]) == ("boss@provider.example", "You have “Tier 2” in Delta Mills")
    assert mail["Message-ID"] == f"<{delivery.message_id}>"
    assert f"?tid={cast.customer.id}" in text_of(mail, "html")


@pytest.mark.parametrize(("language", "words"), [("en", "You have"), ("nl", "U hebt")])
def test_a_notice_is_in_the_language_of_its_reader(
    cast: Cast, office: PostOffice, language: str, words: str
) -> None:
    cast.accounts["boss"].language = language
    make(cast)
    work()
    [mail] = office.mails()
    assert mail["Content-Language"] == language
    assert (words in text_of(mail)) or language == "nl"


def test_a_notice_waits_for_a_server_that_is_down(cast: Cast, running: Running) -> None:
    running.close()
    make(cast)
    work()
    running.open()
    with standing_at(NOW + timedelta(hours=1)):
        work()
    assert running.office.recipients() == ["boss@provider.example"]
    assert Delivery.rows.get().attempts == 2


def test_a_notice_that_is_refused_for_good_is_given_up_in_the_tenants_record(
    cast: Cast, office: PostOffice
) -> None:
    office.on_recipient = lambda _: "550 No such user"
    make(cast)
    work()
    event = AuditEvent.rows.get(tag="notice.given_up")
    assert (event.tenant_id, event.target_name, event.result) == (
        cast.customer.id,
        "boss@provider.example",
        "failure",
    )


def test_a_notice_that_is_put_off_too_long_is_given_up(cast: Cast, office: PostOffice) -> None:
    office.on_recipient = lambda _: "451 Later"
    make(cast)
    work()
    with standing_at(NOW + GIVEN_UP_AFTER):
        work()
    assert Delivery.rows.get().state == "failed"


def test_a_notice_that_cannot_be_written_keeps_none_behind_it(cast: Cast, office: PostOffice) -> None:
    make(cast)
    Notice.rows.update(kind="unheard_of")
    make(cast, key="two")
    work()
    assert len(office.taken) == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_mail_once(running: Running) -> None:
    cast = make_cast()
    for number in range(12):
        make(cast, key=str(number), package=f"Package {number}")

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
    subjects = [mail["Subject"] for mail in running.office.mails()]
    assert len(set(subjects)) == len(subjects) == 12
