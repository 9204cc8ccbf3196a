"""Once for each change the record is told who fell behind, and what is about to end."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.applications import operator_of
from tests.cast import NOW, Cast, days, import_all
from tests.siem.programs import Speaker, full_alert, read, speak
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.directory.actions.credentials import add_secret
from tidegate.directory.models import Credential, Grant
from tidegate.feeds.jobs import sweep_allowances, warn_of_endings, watch_consumers
from tidegate.feeds.models import Allowance, Consumer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

LATE = NOW + timedelta(minutes=20)


@pytest.fixture
def siem(cast: Cast) -> Speaker:
    speaker = speak(cast, Resource.SIEM)
    read(speaker.get("/api/alerts"))
    with standing_at(NOW + timedelta(minutes=1)):
        import_all(cast.customer, [full_alert()])
    return speaker


def told(tag: str) -> list[dict[str, Any]]:
    return [json.loads(event.details) for event in AuditEvent.rows.filter(tag=tag).order_by("sequence")]


def test_falling_behind_is_told_once_and_catching_up_too(cast: Cast, siem: Speaker) -> None:
    assert not watch_consumers()
    with standing_at(LATE):
        assert watch_consumers()
        assert not watch_consumers()
        read(siem.get("/api/alerts"))
        assert watch_consumers()
        assert not watch_consumers()

    (fell,), (caught,) = told("feed.fell_behind"), told("feed.caught_up")
    assert fell["application"] == str(siem.program.application.client_id)
    assert fell["waiting_since"].startswith("2026-03-10 09:01:00")
    assert caught["behind_since"].startswith("2026-03-10 09:20:00")
    assert set(AuditEvent.rows.filter(tag__startswith="feed.").values_list("tenant_id", flat=True)) == {
        cast.customer.id
    }


def test_nobody_waits_for_an_application_that_is_not_let_in(cast: Cast, siem: Speaker) -> None:
    principal = Grant.rows.filter(tenant=cast.customer).select_related("service_principal").get()
    principal.service_principal.disabled_at = NOW
    principal.service_principal.save()
    with standing_at(LATE):
        assert not watch_consumers()


def test_who_never_followed_is_not_behind(cast: Cast, siem: Speaker) -> None:
    Consumer.rows.update(covered_until=None)
    with standing_at(LATE):
        assert not watch_consumers()


def test_a_secret_and_a_consent_that_end_soon_are_told_once_where_they_are(cast: Cast, siem: Speaker) -> None:
    application = siem.program.application
    scope = operator_of(cast.provider, Permission.APPLICATION_MANAGE)
    add_secret(scope, application.id, display_name="For the SIEM", ends_at=NOW + days(40))
    Grant.rows.filter(tenant=cast.customer).update(ends_at=NOW + days(20))

    assert warn_of_endings()
    assert not warn_of_endings()
    assert told("credential.ending") == []
    (consent,) = told("consent.ending")
    assert (consent["client_id"], consent["permissions"]) == (
        str(application.client_id),
        ["Alerts.Fetch.All"],
    )
    with standing_at(NOW + days(11)):
        assert warn_of_endings()
        assert not warn_of_endings()
    (credential,) = told("credential.ending")
    assert (credential["kind"], credential["credential"]) == ("secret", "For the SIEM")
    assert AuditEvent.rows.get(tag="credential.ending").tenant_id == cast.provider.id
    assert AuditEvent.rows.get(tag="consent.ending").tenant_id == cast.customer.id


def test_an_end_that_was_moved_is_told_again(cast: Cast, siem: Speaker) -> None:
    scope = operator_of(cast.provider, Permission.APPLICATION_MANAGE)
    add_secret(scope, siem.program.application.id, display_name="Short", ends_at=NOW + days(5))
    warn_of_endings()
    Credential.rows.update(ends_at=NOW + days(6))

    assert warn_of_endings()
    assert len(told("credential.ending")) == 2


def test_old_counts_are_swept(cast: Cast, siem: Speaker) -> None:
    assert not sweep_allowances()
    with standing_at(NOW + days(2)):
        assert sweep_allowances()
    assert Allowance.rows.count() == 0
