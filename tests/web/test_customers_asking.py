"""Customers: what one asked for, may ask for and may extend; the list as a file."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import GUESTS_END, NOW, Cast, days
from tests.entitlements.offering import by_user, offer_to_provider
from tests.web.conftest import Visitor, text_of
from tidegate.core.clock import standing_at
from tidegate.directory.actions.stops import stop_all
from tidegate.directory.actions.users import change_end
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import Assignment, AssignmentPolicy
from tidegate.entitlements.rules import StageRule

type Visit = Callable[..., Visitor]


def ask(cast: Cast, policy: AssignmentPolicy, name: str = "analyst") -> None:
    request_access(cast.actor(name), cast.customer.id, policy.package_id, policy.id)


def file_of(visitor: Visitor, **params: str) -> str:
    response = visitor.get("/customers/export.csv", **params)
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_offered_package_is_named_with_its_link(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast)
    page = visit("boss", cast.provider).get("/customers")
    assert "Access you may ask for 1 DM Tier 2 access Delta Mills" in text_of(page)
    link = f'href="/myaccess/@{cast.customer.id}/access-packages/{policy.package_id}"'
    assert link in page.content.decode()
    assert "Tier 2 access" not in text_of(visit("outsider", cast.other).get("/customers"))


def test_waiting_request_stands_in_its_row_and_below(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("admin")),)),))
    ask(cast, policy)
    visitor = visit("analyst", cast.provider)
    words = text_of(visitor.get("/customers"))
    assert "Delta Mills 1 request waits" in words
    assert "Waiting for a decision 1 DM Tier 2 access Delta Mills" in words
    assert "Access you may ask for" not in words
    assert "1 request waits" not in text_of(visit("lead", cast.provider).get("/customers"))
    assert file_of(visitor).splitlines()[1].endswith(",Tier 2 access")


def test_access_that_can_be_extended_says_where(visit: Visit, cast: Cast) -> None:
    ask(cast, offer_to_provider(cast))
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    page = visit("analyst", cast.provider).get("/customers")
    address = f"/myaccess/assignments/{held.id}/extend?tid={cast.customer.id}"
    assert address in page.content.decode()
    AssignmentPolicy.rows.update(allows_extension=False)
    again = visit("analyst", cast.provider).get("/customers")
    assert address not in again.content.decode()


def test_stripe_leads_to_extension_only_when_the_end_is_near(visit: Visit, cast: Cast) -> None:
    ask(cast, offer_to_provider(cast))
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    address = f"/myaccess/assignments/{held.id}/extend?tid={cast.customer.id}"
    assert address not in visit("analyst").get("/properties").content.decode()
    with standing_at(GUESTS_END - days(13)):
        assert address in visit("analyst").get("/properties").content.decode()


def test_why_a_tenant_cannot_be_entered(visit: Visit, cast: Cast) -> None:
    stop_all(cast.enter("admin"), reason="Secret reason")
    page = text_of(visit("analyst", cast.provider).get("/customers"))
    assert "This tenant has stopped access from outside." in page
    assert "Secret reason" not in page


def test_file_holds_the_list_and_nothing_of_others(visit: Visit, cast: Cast) -> None:
    change_end(cast.enter("admin"), cast.user("analyst").id, ends_at=NOW + days(3))
    lines = file_of(visit("analyst", cast.provider)).splitlines()
    assert lines[0].startswith("name,directory_id,link,roles,access_begins,access_ends,hindrance")
    assert lines[1].startswith(f"Delta Mills,{cast.customer.id},")
    assert "2026-03-13T09:00:00+00:00" in lines[1]
    assert len(lines) == 2
    assert file_of(visit("analyst", cast.provider), q="nothing").splitlines() == lines[:1]
    assert visit("outsider").get("/customers/export.csv").status_code == 404


def test_more_offers_take_no_more_statements(visit: Visit, cast: Cast) -> None:
    offer_to_provider(cast)
    visitor = visit("analyst", cast.provider)
    visitor.get("/customers")
    with CaptureQueriesContext(connection) as few:
        visitor.get("/customers")
    for number in range(3):
        offer_to_provider(cast, name=f"Package {number}")
    with CaptureQueriesContext(connection) as many:
        visitor.get("/customers")
    assert len(many) == len(few)
