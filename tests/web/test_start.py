"""Where somebody begins who has no home tenant."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from tests.cast import Cast, join_as_guest
from tests.web.conftest import Visitor, text_of
from tidegate.accounts.models import Account
from tidegate.directory.models import Tenant

type Visit = Callable[..., Visitor]


@pytest.fixture(autouse=True)
def _trials_on_offer(settings: Settings) -> None:
    settings.TRIAL_TENANTS = True


def test_signed_out_signs_in_first(client: Client, db: None) -> None:
    assert client.get("/start").headers["Location"] == "/sign-in?next=%2Fstart"


def test_home_is_where_others_begin(visit: Visit) -> None:
    assert visit("admin").client.get("/start").headers["Location"] == "/"


def test_pages_without_tenant_lead_here(visit: Visit) -> None:
    assert visit("stranger").client.get("/properties").headers["Location"] == "/start"


def test_guest_without_home_finds_their_directories(visit: Visit, cast: Cast) -> None:
    join_as_guest(cast.enter("admin"), cast.accounts["stranger"])
    response = visit("stranger").client.get("/start")
    assert f"Directories you can enter 1 DM Delta Mills {str(cast.customer.id)[:8]} Guest" in text_of(
        response
    )
    assert f'href="/?tid={cast.customer.id}"' in response.content.decode()
    assert "Polder Foods" not in text_of(response)


def test_trial_tenant_is_made_once(visit: Visit, cast: Cast) -> None:
    visitor = visit("stranger")
    response = visitor.client.post("/start", {"display_name": "Stranger & Co"})
    home = Account.objects.get(id=cast.accounts["stranger"].id).home_tenant_id
    assert response.headers["Location"] == f"/?tid={home}"
    assert home is not None
    assert Tenant.objects.get(id=home).display_name == "Stranger & Co"
    assert visitor.get("/users", tid=str(home)).status_code == 200
    assert visitor.client.post("/start", {"display_name": "Another"}).headers["Location"] == "/"
    assert not Tenant.objects.filter(display_name="Another").exists()


@pytest.mark.parametrize("name", ["", "a\u202eb", "n" * 300])
def test_bad_name_is_named(visit: Visit, name: str) -> None:
    response = visit("stranger").client.post("/start", {"display_name": name})
    assert response.status_code == 400
    assert "Name of the organization: " in text_of(response)


def test_without_trials_it_says_how_to_get_access(visit: Visit, settings: Settings) -> None:
    settings.TRIAL_TENANTS = False
    client, tenants = visit("stranger").client, Tenant.objects.count()
    assert "How to get access" in text_of(client.get("/start"))
    assert client.post("/start", {"display_name": "Stranger & Co"}).status_code == 403
    assert Tenant.objects.count() == tenants
