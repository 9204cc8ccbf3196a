"""The short way of programs: what takes it, and what it leaves out."""

from collections.abc import Iterator

from django.conf import settings
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver

from tests.cast import Cast
from tests.oauth.asking import sign_in


def _patterns() -> Iterator[URLPattern]:
    for pattern in get_resolver(settings.PROGRAM_URLCONF).url_patterns:
        assert isinstance(pattern, URLPattern)
        yield pattern


def test_only_addresses_without_cookies_take_it(cast: Cast) -> None:
    """Every one of them answers a signed-in browser as it answers nobody, and starts no session."""
    browser, nobody = sign_in(cast.accounts["admin"]), Client()
    for pattern in _patterns():
        path = f"/{pattern.pattern}".replace("<str:tenant>", str(cast.customer.id))
        for method in ("GET", "POST"):
            with_session = browser.generic(method, path)
            without = nobody.generic(method, path)
            assert with_session.status_code == without.status_code
            assert "Set-Cookie" not in with_session.headers
            assert "Cookie" not in with_session.headers.get("Vary", "")


def test_every_view_on_it_says_itself_that_forms_may_come_from_anywhere() -> None:
    for pattern in _patterns():
        assert getattr(pattern.callback, "csrf_exempt", False), pattern


def test_answers_carry_the_same_security_headers(cast: Cast) -> None:
    path = f"/{cast.customer.id}/discovery/v2.0/keys"
    headers = Client().get(path, secure=True).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Content-Length"] == str(len(Client().get(path).content))


def test_base_address_with_a_slash_at_its_end_works(cast: Cast) -> None:
    # The test client takes two slashes for a host, so they are put where the server puts the path.
    answer = Client().get("/", PATH_INFO=f"//{cast.customer.id}//discovery/v2.0/keys")

    assert set(answer.json()) == {"keys"}


def test_no_page_stands_at_such_an_address() -> None:
    pages = get_resolver(settings.ROOT_URLCONF)
    programs = get_resolver(settings.PROGRAM_URLCONF)
    for path in ("/", "/incidents", "/users", "/sign-in", "/account/", "/devicelogin", "/x/adminconsent"):
        assert _resolves(pages, path)
        assert not _resolves(programs, path)


def _resolves(resolver: URLResolver, path: str) -> bool:
    try:
        resolver.resolve(path)
    except Resolver404:
        return False
    return True
