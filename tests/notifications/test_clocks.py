"""Clocks that strike are told of: once for each threshold, and to nobody whose provider agreed on nothing."""

from datetime import datetime, timedelta

import pytest

from tests.cast import NOW, Cast
from tests.customers.making import make_level
from tests.incidents.test_clocks import came_in
from tests.notifications.post_office import PostOffice, text_of
from tests.notifications.ruling import let_manage_settings, make_rule, work
from tidegate.core.clock import standing_at
from tidegate.incidents.clock_jobs import tell_of_clocks
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.inbox import describe_items, page_inbox
from tidegate.notifications.words import About, Reach

pytestmark = pytest.mark.usefixtures("now")


def strike(at: datetime) -> None:
    with standing_at(at):
        while tell_of_clocks():
            pass
        work()


def test_a_rule_tells_before_and_when_it_is_late_once_each(cast: Cast, office: PostOffice) -> None:
    make_level(cast.provider, "Gold", cast.customer, targets={"high": {"acknowledge": 100}})
    let_manage_settings(cast, "analyst")
    make_rule(
        cast.enter("admin"),
        about=About.CLOCKS,
        recipients=[
            RecipientDraft(email="soc@customer.example"),
            RecipientDraft(user_id=cast.user("analyst").id),
        ],
    )
    come = NOW - timedelta(minutes=60)
    came_in(cast.customer, 1)
    work()
    assert office.taken == []
    for minutes in (74, 76, 76, 99, 101, 400):
        strike(come + timedelta(minutes=minutes))
    soon, late = office.mails()
    assert soon["Subject"] == "To be taken on soon: [High] Delta Mills: incident 1, Incident 1"
    assert late["Subject"] == "Not taken on in time: [High] Delta Mills: incident 1, Incident 1"
    assert "Not taken on in time" in text_of(late)
    assert f"/incidents/1?tid={cast.customer.id}" in text_of(late, "html")
    actor = cast.actor("analyst")
    said = [row.clock_words for row in describe_items(actor, page_inbox(actor, "").rows)]
    assert said == ["Not taken on in time", "To be taken on soon"]


def test_it_is_told_to_who_agreed_and_to_the_tenant_alone(cast: Cast, office: PostOffice) -> None:
    """Another provider's people, and rules of other things, hear nothing of it."""
    make_level(cast.other, "Theirs", cast.customer, targets={"high": {"acknowledge": 100}})
    let_manage_settings(cast, "analyst")
    make_rule(cast.enter("analyst"), about=About.CLOCKS, display_name="A guest's")
    let_manage_settings(cast, "analyst", cast.provider)
    make_rule(
        cast.enter("analyst", cast.provider), about=About.CLOCKS, reach=Reach.ALL, display_name="Everywhere"
    )
    came_in(cast.customer, 1)
    with standing_at(NOW + timedelta(seconds=1)):
        make_rule(cast.enter("admin"), about=About.INCIDENTS, display_name="Incidents")
    strike(NOW + timedelta(minutes=100))
    assert office.taken == []
    make_level(cast.provider, "Gold", cast.customer, targets={"high": {"acknowledge": 300}})
    came_in(cast.customer, 2, minutes=60)
    work()
    office.taken.clear()
    strike(NOW + timedelta(minutes=400))
    told = sorted(str(mail["Subject"]) for mail in office.mails())
    assert len(told) == 2
    assert all(subject.startswith("Not taken on in time: [High]") for subject in told)
    assert all("incident 2" in subject for subject in told)
