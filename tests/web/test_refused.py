"""A refused link helps whom the tenant offers something; for all others it is no tenant at all."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.cast import NOW, Cast
from tests.entitlements.asking import ask
from tests.entitlements.offering import by_user, offer_to_provider
from tests.entitlements.test_approvals import approve
from tests.web.conftest import Visitor, text_of
from tests.web.test_my_access import approved_by_admin, count_statements, plain
from tidegate.core.clock import standing_at
from tidegate.entitlements.models import AccessPackage, AssignmentPolicy
from tidegate.entitlements.rules import StageRule

type Visit = Callable[..., Visitor]

PAGES = ("/", "/incidents/2210", "/alerts", "/properties", "/users")


def test_refused_link_shows_packages_approvers_and_the_usual_time(visit: Visit, cast: Cast) -> None:
    policy = approved_by_admin(cast)
    request = ask(cast, "analyst", policy)
    with standing_at(NOW + timedelta(hours=2)):
        approve(cast, "admin", request)
    for tid in (str(cast.customer.id), "customer.example"):
        response = visit("boss").client.get("/incidents/2210", {"tid": tid})
        assert response.status_code == 404
        page = text_of(response)
        assert "You cannot enter this directory" in page
        assert "Delta Mills offers you this Tier 2 access" in page
        assert "Approved by Admin. Usually decided within 2 hours." in page
        path = f"/myaccess/@{cast.customer.id}/access-packages/{policy.package_id}"
        assert path in response.content.decode()


def test_stages_are_told_in_their_order(visit: Visit, cast: Cast) -> None:
    stages = tuple(StageRule((by_user(cast.user(name)),)) for name in ("reader", "admin"))
    offer_to_provider(cast, stages=stages)
    assert "Approved by Reader, then Admin." in text_of(visit("boss").get("/"))


def test_refused_link_without_an_offer_reads_as_absent(visit: Visit, cast: Cast) -> None:
    approved_by_admin(cast)
    tid, absent = str(cast.customer.id), str(uuid.uuid4())
    for name in ("outsider", "stranger"):
        client = visit(name).client
        for page in PAGES:
            here, there = f"{page}?tid={tid}", f"{page}?tid={absent}"
            first, second = client.get(here), client.get(there)
            assert (first.status_code, second.status_code) == (404, 404)
            assert plain(first, tid, absent) == plain(second, tid, absent), page
            assert count_statements(client, here) == count_statements(client, there), page


@pytest.mark.parametrize("how", ["hidden", "removed", "switched off"])
def test_what_is_not_on_offer_reads_as_absent(visit: Visit, cast: Cast, how: str) -> None:
    policy = approved_by_admin(cast)
    if how == "switched off":
        AssignmentPolicy.rows.filter(id=policy.id).update(accepts_requests=False)
    else:
        change = {"is_hidden": True} if how == "hidden" else {"removed_at": NOW}
        AccessPackage.rows.filter(id=policy.package_id).update(**change)
    client, tid, absent = visit("boss").client, str(cast.customer.id), str(uuid.uuid4())
    here, there = client.get(f"/?tid={tid}"), client.get(f"/?tid={absent}")
    assert plain(here, tid, absent) == plain(there, tid, absent)
    assert count_statements(client, f"/?tid={tid}") == count_statements(client, f"/?tid={absent}")


def test_helpful_page_says_nothing_more_of_the_tenant(visit: Visit, cast: Cast) -> None:
    approved_by_admin(cast)
    page = visit("boss").get("/users").content.decode()
    for word in ("Outsider", "member@customer.example", "Tier 1", "Reader"):
        assert word not in page
