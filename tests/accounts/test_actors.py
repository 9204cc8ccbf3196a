import uuid
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from tidegate.accounts.actors import actor_of, client_address
from tidegate.accounts.models import Account


def request_from(forwarded: str = "", **extra: Any) -> HttpRequest:
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    return RequestFactory(headers=headers, REMOTE_ADDR="10.0.0.9", **extra).get("/")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "10.0.0.9"),
        (0, "198.51.100.1", "10.0.0.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "1.1.1.1, 198.51.100.1", "198.51.100.1"),
        (2, "1.1.1.1, 198.51.100.1, 10.0.0.8", "198.51.100.1"),
        (2, "198.51.100.1", "10.0.0.9"),
        (1, "nonsense", "10.0.0.9"),
        (1, "198.51.100.1:443", "198.51.100.1"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_address_is_what_the_trusted_proxy_saw(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.PROXIES = proxies
    assert client_address(request_from(forwarded)) == address


def test_actor_of_somebody_signed_in(account: Account) -> None:
    account.home_tenant_id = uuid.UUID(int=7)
    request = request_from(HTTP_USER_AGENT="a\x00b" + "c" * 300)
    request.user = account
    actor = actor_of(request)
    assert (actor.account_id, actor.email, actor.home_tenant_id) == (
        account.pk,
        account.email,
        uuid.UUID(int=7),
    )
    assert (actor.display_name, actor.ip_address) == ("Ann Visser", "10.0.0.9")
    assert actor.user_agent == "ab" + "c" * 253


def test_actor_of_somebody_unknown() -> None:
    request = request_from()
    request.user = AnonymousUser()
    actor = actor_of(request)
    assert (actor.account_id, actor.email, actor.display_name) == (None, "", "Not signed in")
