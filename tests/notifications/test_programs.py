"""Rules about programs: who falls behind in fetching, and which credentials and consents end."""

import json
from datetime import timedelta

import pytest
from pytest_django import Settings

from tests.applications import operator_of
from tests.cast import NOW, Cast, days, import_all
from tests.notifications.post_office import PostOffice, text_of
from tests.notifications.receiving import receiving
from tests.notifications.ruling import READER, let_manage_settings, make_rule, work
from tests.siem.programs import Speaker, full_alert, read, speak
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, InvalidInput
from tidegate.directory.actions.credentials import add_secret
from tidegate.directory.models import Grant, User
from tidegate.feeds.jobs import warn_of_endings, watch_consumers
from tidegate.notifications.actions.channels import create_webhook
from tidegate.notifications.actions.trying import preview_mail
from tidegate.notifications.drafts import RecipientDraft, RuleDraft
from tidegate.notifications.jobs import tell_what_happened
from tidegate.notifications.models import Delivery, Notification

pytestmark = pytest.mark.usefixtures("now")

LATE = NOW + timedelta(minutes=20)


@pytest.fixture
def siem(cast: Cast) -> Speaker:
    """A program that fetched once, and for which something waits since a minute later."""
    speaker = speak(cast, Resource.SIEM)
    read(speaker.get("/api/alerts"))
    with standing_at(NOW + timedelta(minutes=1)):
        import_all(cast.customer, [full_alert()])
    return speaker


def fall_behind(siem: Speaker) -> None:
    with standing_at(LATE):
        watch_consumers()
        work()


def test_who_falls_behind_and_catches_up_is_told(cast: Cast, siem: Speaker, office: PostOffice) -> None:
    make_rule(cast.enter("admin"), about="programs")
    fall_behind(siem)
    with standing_at(LATE + timedelta(minutes=5)):
        read(siem.get("/api/alerts"))
        watch_consumers()
        work()
        work()
    fell, caught = office.mails()
    name = siem.program.application.display_name
    assert fell["Subject"] == f"Delta Mills: {name} fell behind in fetching"
    assert caught["Subject"] == f"Delta Mills: {name} fetched all that it had fallen behind with"
    for text in (text_of(fell), text_of(fell, "html")):
        assert "Feed: Alerts, SIEM API" in text
        assert "Since: 2026-03-10 09:01 UTC" in text
        assert f"/feeds?tid={cast.customer.id}" in text
    assert fell["Importance"] is None


def test_a_secret_and_a_consent_that_end_are_told_where_they_are(
    cast: Cast, siem: Speaker, office: PostOffice
) -> None:
    application = siem.program.application
    scope = operator_of(cast.provider, Permission.APPLICATION_MANAGE)
    add_secret(scope, application.id, display_name="For the SIEM", ends_at=NOW + days(9))
    Grant.rows.filter(tenant=cast.customer).update(ends_at=NOW + days(8))
    make_rule(cast.enter("admin"), about="programs")
    make_rule(
        cast.enter("boss", cast.provider), about="programs", recipients=[RecipientDraft(email="x@y.example")]
    )
    warn_of_endings()
    work()
    mails = {mail["To"]: mail for mail in office.mails()}
    assert len(office.taken) == len(mails) == 2
    customers, providers = text_of(mails[READER]), text_of(mails["x@y.example"])
    assert "Permissions: Alerts.Fetch.All" in customers
    assert "Ends: 2026-03-18 09:00 UTC" in customers
    assert f"?tid={cast.customer.id}" in customers
    assert "Credential: For the SIEM" in providers
    assert f"/applications/{application.id}?tid={cast.provider.id}" in providers
    assert "Delta Mills" not in providers


def test_rules_about_alerts_tell_nothing_of_programs_nor_the_other_way_round(
    cast: Cast, siem: Speaker, office: PostOffice
) -> None:
    make_rule(cast.enter("admin"), display_name="Alerts", severities=[4])
    make_rule(cast.enter("admin"), display_name="Programs", about="programs", severities=[4])
    import_all(cast.customer, [full_alert(id="b", severity="medium")])
    fall_behind(siem)
    assert [mail["Subject"].split(" ")[-1] for mail in office.mails()] == ["fetching"]


def test_several_are_told_together_and_counted(cast: Cast, siem: Speaker, office: PostOffice) -> None:
    Grant.rows.filter(tenant=cast.customer).update(ends_at=NOW + days(8))
    make_rule(cast.enter("admin"), about="programs", cadence="every", digest_minutes=30)
    fall_behind(siem)
    with standing_at(LATE):
        warn_of_endings()
        work()
    with standing_at(LATE + timedelta(minutes=30)):
        work()
    [mail] = office.mails()
    assert mail["Subject"] == "Delta Mills: 2 messages about programs"
    assert text_of(mail).index("may do ends soon") > 0
    assert "fell behind in fetching" in text_of(mail)


def test_who_may_not_see_programs_makes_no_such_rule_and_whose_access_ended_tells_nothing(
    cast: Cast, siem: Speaker, office: PostOffice
) -> None:
    let_manage_settings(cast, "lead")
    with pytest.raises(Forbidden):
        make_rule(cast.enter("lead"), about="programs")
    make_rule(cast.enter("boss", cast.provider), about="programs", reach="all")
    fall_behind(siem)
    assert Notification.rows.count() == 0


def test_nothing_is_told_from_the_second_at_which_the_owners_access_ends(
    cast: Cast, siem: Speaker, office: PostOffice
) -> None:
    make_rule(cast.enter("admin"), about="programs")
    with standing_at(LATE):
        watch_consumers()
        while tell_what_happened():
            pass
    User.rows.filter(id=cast.user("admin").id).update(ends_at=LATE + timedelta(seconds=1))
    with standing_at(LATE + timedelta(seconds=1)):
        work()
    assert office.taken == []
    assert Delivery.rows.get().suppressed_because == "owner_left"


@pytest.mark.parametrize("field", ["escalate_after", "device_group_ids", "recipients"])
def test_what_only_alerts_have_is_refused(cast: Cast, field: str) -> None:
    scope = cast.enter("admin")
    wishes: dict[str, dict[str, object]] = {
        "escalate_after": {
            "escalate_after": [5],
            "recipients": [RecipientDraft(email=READER), RecipientDraft(email=READER, step=1)],
        },
        "device_group_ids": {"device_group_ids": [scope.tenant_id]},
        "recipients": {"recipients": [RecipientDraft(user_id=scope.entry.user_id)]},
    }
    with pytest.raises(InvalidInput) as refusal:
        make_rule(scope, about="programs", **wishes[field])
    assert list(refusal.value.fields) == [field]


def test_a_webhook_has_it_as_data(cast: Cast, siem: Speaker, office: PostOffice, settings: Settings) -> None:
    settings.OUTBOUND_ALLOWED = ["127.0.0.1"]
    scope = cast.enter("admin")
    with receiving() as received:
        channel, _secret = create_webhook(scope, display_name="Hook", address=f"{received.url}/in")
        make_rule(scope, about="programs", recipients=[RecipientDraft(channel_id=channel.id)])
        fall_behind(siem)
    body = json.loads(received.posts[0][2])
    assert body["type"] == "program.notified"
    [part] = body["data"]["organizations"]
    assert (part["count"], part["alerts"]) == (1, [])
    [one] = part["programs"]
    assert (one["kind"], one["subject"], one["appId"]) == (
        "feed.fell_behind",
        "siem",
        str(siem.program.application.client_id),
    )


def test_a_preview_shows_an_example(cast: Cast, office: PostOffice) -> None:
    draft = RuleDraft(display_name="P", about="programs", recipients=[RecipientDraft(email=READER)])
    preview = preview_mail(cast.enter("admin"), draft)
    assert preview.subject == "Test: Delta Mills: SIEM fell behind in fetching"
    assert "/feeds?tid=" in preview.html
