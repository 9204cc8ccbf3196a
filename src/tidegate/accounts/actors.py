"""Who stands behind a request: the account, and from where it was sent."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tidegate.accounts.models import Account
from tidegate.authorization.scope import Actor, ActorKind

_LONGEST_USER_AGENT = 256


def actor_of(request: HttpRequest) -> Actor:
    """The person signed in to this request, or somebody unknown."""
    user = getattr(request, "user", None)
    return actor_for(user, request) if isinstance(user, Account) else unknown_actor(request)


def actor_for(account: Account, request: HttpRequest) -> Actor:
    """This account, acting from where the request came."""
    return Actor(
        kind=ActorKind.PERSON,
        display_name=account.get_full_name(),
        account_id=account.pk,
        email=account.email,
        home_tenant_id=account.home_tenant_id,
        ip_address=client_address(request),
        user_agent=user_agent_of(request),
    )


def unknown_actor(request: HttpRequest) -> Actor:
    """Somebody who has not shown who they are; what they claim to be is no part of it."""
    return Actor(
        kind=ActorKind.PERSON,
        display_name="Not signed in",
        ip_address=client_address(request),
        user_agent=user_agent_of(request),
    )


def client_address(request: HttpRequest) -> str:
    """The sender's IP address, or "" where the server does not know it."""
    return read_address(request.META)


def read_address(environ: Mapping[str, Any]) -> str:
    """The same, from the server's own words of a request (PEP 3333).

    Every trusted proxy (settings.PROXIES of them) adds the address it saw to the end of
    X-Forwarded-For; whatever stands before those was written by the sender and proves nothing.
    """
    proxies, told = settings.PROXIES, ""
    if proxies:
        forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        told = _read_address(forwarded[-proxies]) if len(forwarded) >= proxies else ""
    return told or _read_address(environ.get("REMOTE_ADDR", ""))


def user_agent_of(request: HttpRequest) -> str:
    """What the browser calls itself, cut, without signs that cannot be shown."""
    return read_user_agent(request.META)


def read_user_agent(environ: Mapping[str, Any]) -> str:
    """The same, from the server's own words of a request."""
    text = environ.get("HTTP_USER_AGENT", "")[:_LONGEST_USER_AGENT]
    return text if text.isprintable() else "".join(sign for sign in text if sign.isprintable())


@lru_cache(maxsize=1024)
def _read_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(_without_port(text.strip())))
    except ValueError:
        return ""


def _without_port(text: str) -> str:
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
