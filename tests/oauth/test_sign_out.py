"""Signing out at an application's wish."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.cast import Cast
from tests.oauth.asking import CALLBACK, Flow, make_flow, register


@pytest.fixture
def flow(cast: Cast) -> Flow:
    return make_flow(cast)


def _ask(flow: Flow, browser: Client | None = None, **values: str) -> Any:
    query = urlencode({"post_logout_redirect_uri": CALLBACK, **values})
    return (browser or flow.browser).get(f"/{flow.tenant.id}/oauth2/v2.0/logout?{query}")


def _is_signed_in(flow: Flow) -> bool:
    return "_auth_user_id" in flow.browser.session


def test_link_alone_asks_first(flow: Flow) -> None:
    page = _ask(flow, client_id=flow.client_id, state="s1")

    assert (page.status_code, _is_signed_in(flow)) == (200, True)
    done = flow.browser.post(f"/oauth2/sign-out?{page.context['query']}")
    assert done.headers["Location"] == f"{CALLBACK}?state=s1"
    assert not _is_signed_in(flow)


def test_id_token_of_the_person_is_enough(flow: Flow) -> None:
    token = flow.redeem(flow.get_code(scope="openid")).json()["id_token"]

    assert _ask(flow, id_token_hint=token).headers["Location"] == CALLBACK
    assert not _is_signed_in(flow)


def test_id_token_of_somebody_else_is_not(cast: Cast, flow: Flow) -> None:
    other = Flow(flow.program, flow.secret, flow.tenant, make_flow(cast, "reader").browser)
    token = other.redeem(other.get_code(scope="openid")).json()["id_token"]

    assert _ask(flow, id_token_hint=token).status_code == 200
    assert _is_signed_in(flow)


@pytest.mark.parametrize("address", ["https://evil.example/", "javascript:alert(1)", f"{CALLBACK}/x"])
def test_address_that_nobody_registered_leads_nowhere(flow: Flow, address: str) -> None:
    flow.get_code(scope="openid")
    page = _ask(flow, client_id=flow.client_id, post_logout_redirect_uri=address)

    done = flow.browser.post(f"/oauth2/sign-out?{page.context['query']}")

    assert done.status_code == 200
    assert address not in done.content.decode()


def test_applications_are_told_by_the_browser(flow: Flow) -> None:
    register(flow.program, logout_url="https://siem.example/signed-out")
    flow.get_code(scope="openid")
    page = _ask(flow, client_id=flow.client_id)

    done = flow.browser.post(f"/oauth2/sign-out?{page.context['query']}")

    assert 'src="https://siem.example/signed-out"' in done.content.decode()
    assert "frame-src https://siem.example" in done.headers["Content-Security-Policy"]
    assert f'href="{CALLBACK}"' in done.content.decode()


def test_nobody_is_sent_on_at_once(flow: Flow) -> None:
    assert _ask(flow, Client(), client_id=flow.client_id).headers["Location"] == CALLBACK


def test_post_of_another_site_is_asked_for_again_as_a_link(flow: Flow) -> None:
    response = flow.browser.post(f"/{flow.tenant.id}/oauth2/logout", {"client_id": flow.client_id})

    assert response.status_code == 303
    assert _is_signed_in(flow)
