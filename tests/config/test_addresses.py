"""Every address that takes a program's token stands in a table of what tokens must not open.

Graph's are in tests/graph/test_other_tenants.py, made from what is declared, which is what is served; those
of the SIEM and Defender APIs in tests/siem/test_other_tenants.py; the rest here, with what tries them.
"""

import sys
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tidegate.oauth import bearer

READERS = (bearer.read_token, bearer.authenticate, bearer.Caller)
# tests/oauth/test_user_info.py
OTHERS = {"oidc/userinfo", "<str:tenant>/oidc/userinfo", "<str:tenant>/openid/userinfo"}


def routes(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def takes_tokens(view: Any) -> bool:
    """Whether the view's module knows how to read a token, or is one that only programs ask."""
    module = sys.modules[view.__module__]
    return any(found in READERS for found in vars(module).values() if callable(found))


def test_no_address_takes_tokens_outside_the_tables() -> None:
    found = list(
        routes([*get_resolver().url_patterns, *get_resolver("tidegate.oauth.program_urls").url_patterns])
    )
    asked = {route for route, view in found if takes_tokens(view)}

    elsewhere = {route for route in asked if route.partition("/")[0] not in {"v1.0", "beta", "api"}}
    assert elsewhere == OTHERS
    assert len(asked) > len(OTHERS)
