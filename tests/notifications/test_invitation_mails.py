"""Invitations are mailed on the way of everything else, and their links are kept nowhere."""

import json
from datetime import timedelta

import pytest
from django.utils import translation

from tests.cast import NOW, Cast
from tests.notifications.post_office import PostOffice, Running, text_of
from tests.notifications.ruling import let_manage_settings, work
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.directory.actions.invitations import Offer, invite_guest, renew_invitation
from tidegate.notifications.actions.deliveries import resend_delivery
from tidegate.notifications.actions.invitations import queue_invitation
from tidegate.notifications.models import Delivery, SuppressedRecipient
from tidegate.notifications.queries import DeliveryFilter, page_deliveries

pytestmark = pytest.mark.usefixtures("now")

STRANGER = "new@elsewhere.example"


def invite(cast: Cast) -> Offer:
    offer = invite_guest(cast.enter("admin"), email=STRANGER)
    queue_invitation(cast.enter("admin"), offer, message="Welcome aboard")
    return offer


def is_kept(offer: Offer) -> bool:
    """Whether the token, sealed or not, is in the delivery or the record."""
    values = [*Delivery.rows.values_list("values", flat=True)]
    details = "".join(AuditEvent.rows.values_list("details", flat=True))
    return offer.token in f"{values}{details}" or any("sealed" in one for one in values)


def test_an_invitation_is_mailed_once_and_its_link_is_erased(cast: Cast, office: PostOffice) -> None:
    offer = invite(cast)
    [waiting] = Delivery.rows.all()
    assert offer.token not in json.dumps(waiting.values)
    work()
    work()
    [mail] = office.mails()
    assert (mail["To"], mail["Message-ID"]) == (STRANGER, f"<{waiting.message_id}>")
    for kind in ("plain", "html"):
        assert f"/invitations/{offer.token}" in text_of(mail, kind)
        assert "Welcome aboard" in text_of(mail, kind)
    assert Delivery.rows.get().state == "sent"
    assert not is_kept(offer)


def test_it_is_in_the_inviters_language(cast: Cast, office: PostOffice) -> None:
    with translation.override("nl"):
        invite(cast)
    work()
    assert office.mails()[0]["Content-Language"] == "nl"


def test_it_waits_for_a_server_that_is_down(cast: Cast, running: Running) -> None:
    running.close()
    offer = invite(cast)
    work()
    assert Delivery.rows.get().state == "waiting"
    assert is_kept(offer)
    running.open()
    with standing_at(NOW + timedelta(hours=1)):
        work()
    assert running.office.recipients() == [STRANGER]
    assert not is_kept(offer)


def test_a_link_that_ended_is_not_mailed_any_more(cast: Cast, office: PostOffice) -> None:
    first = invite(cast)
    second = renew_invitation(cast.enter("admin"), first.user.id)
    queue_invitation(cast.enter("admin"), second)
    work()
    [text] = office.texts()
    assert second.token in text
    assert sorted(Delivery.rows.values_list("state", "suppressed_because")) == [
        ("sent", ""),
        ("suppressed", "gone"),
    ]
    assert not is_kept(first)


def test_one_that_is_refused_for_good_is_in_the_record_and_suppresses_nobody(
    cast: Cast, office: PostOffice
) -> None:
    office.on_recipient = lambda _: "550 No such user"
    offer = invite(cast)
    work()
    event = AuditEvent.rows.get(tag="invitation.given_up")
    assert (event.tenant_id, event.target_id, event.result) == (
        cast.customer.id,
        str(offer.user.id),
        "failure",
    )
    assert not SuppressedRecipient.rows.exists()
    assert not is_kept(offer)


def test_the_log_has_it_for_who_may_read_users_and_nobody_sends_it_again(
    cast: Cast, office: PostOffice
) -> None:
    invite(cast)
    work()
    let_manage_settings(cast, "lead")
    admin, lead = cast.enter("admin"), cast.enter("lead")
    assert [one.email for one in page_deliveries(admin, DeliveryFilter(), "").rows] == [STRANGER]
    assert page_deliveries(lead, DeliveryFilter(), "").rows == []
    assert page_deliveries(cast.enter("outsider", cast.other), DeliveryFilter(), "").rows == []
    with pytest.raises(NotFound):
        resend_delivery(admin, Delivery.rows.get().id)
