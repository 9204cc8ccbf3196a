"""What was told is kept as long as the operator says, and what is not over longer."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from tests.cast import NOW, Cast, days, import_all
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice
from tests.notifications.ruling import READER, make_rule, work
from tidegate.core.clock import standing_at
from tidegate.notifications import retention
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.jobs import delete_old
from tidegate.notifications.models import Bundle, Delivery, InboxItem, Notification

pytestmark = pytest.mark.usefixtures("now")

KEPT = 30


@pytest.fixture(autouse=True)
def _kept(settings: Settings) -> None:
    settings.NOTIFICATIONS_KEPT_DAYS = KEPT


def count() -> dict[str, int]:
    models = (Notification, Delivery, InboxItem, Bundle)
    return {model.__name__: model.rows.count() for model in models}


def both(cast: Cast) -> list[RecipientDraft]:
    return [RecipientDraft(email=READER), RecipientDraft(user_id=cast.user("admin").id)]


def test_what_was_told_goes_after_its_time_and_not_before(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"), recipients=both(cast), cadence="every", digest_minutes=1)
    import_all(cast.customer, [graph_alert()])
    work()
    told = NOW + timedelta(minutes=1)
    with standing_at(told):
        work()
    whole = {"Notification": 1, "Delivery": 1, "InboxItem": 1, "Bundle": 1}
    with standing_at(NOW + days(KEPT)):
        assert not delete_old()
        assert count() == whole
    with standing_at(NOW + days(KEPT) + timedelta(seconds=1)):
        delete_old()
        assert count() == {**whole, "Notification": 0, "InboxItem": 0}
    with standing_at(told + days(KEPT) + timedelta(seconds=1)):
        delete_old()
        assert count() == dict.fromkeys(whole, 0)


def test_what_is_not_over_stays(cast: Cast, office: PostOffice) -> None:
    scope = cast.enter("admin")
    recipients = [RecipientDraft(email=READER), RecipientDraft(email=READER, step=1)]
    make_rule(scope, display_name="Escalates", recipients=recipients, escalate_after=[60])
    make_rule(scope, display_name="Gathers", cadence="daily", digest_at=NOW.time())
    office.on_recipient = lambda _: "451 Later"
    import_all(cast.customer, [graph_alert(severity="high")])
    work()
    with standing_at(NOW + days(KEPT + 1)):
        delete_old()
        assert (Notification.rows.count(), Bundle.rows.count()) == (2, 1)
        assert Delivery.rows.get().state == "waiting"


def test_a_great_many_go_a_thousand_at_a_time(
    cast: Cast, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_AT_ONCE", 2)
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert(id=f"a{n}") for n in range(5)])
    work()
    with standing_at(NOW + days(KEPT + 1)):
        assert [delete_old() for _ in range(3)] == [True, True, False]
    assert count() == {"Notification": 0, "Delivery": 0, "InboxItem": 0, "Bundle": 0}
