"""The portal as the cast sees it: signed in, at the cast's own time."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from tests.cast import NOW, Cast, make_cast
from tidegate.core.clock import standing_at
from tidegate.directory.models import Tenant


@dataclass(frozen=True)
class Visitor:
    """A browser of one of the cast, with the tenant that its addresses name."""

    client: Client
    tid: str

    def get(self, path: str, **params: str) -> Any:
        return self.client.get(path, {"tid": self.tid, **params})

    def post(self, path: str, data: dict[str, Any] | None = None, **params: str) -> Any:
        return self.client.post(path, data or {}, query_params={"tid": self.tid, **params})


def main_of(response: Any) -> str:
    """The page's own part, as HTML: without its frame."""
    content: str = response.content.decode()
    return content[content.index("<main") : content.index("</main>")]


def text_of(response: Any) -> str:
    """What a page says: its text without marks, blanks run together."""
    content = response.content.decode()
    main = re.search(r"<main.*?</main>", content, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", main.group() if main else content).split())


@pytest.fixture
def plain_static(settings: Settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    cache.clear()


@pytest.fixture
def cast(db: None, plain_static: None) -> Iterator[Cast]:
    made = make_cast()
    with standing_at(NOW):
        yield made


@pytest.fixture
def visit(cast: Cast) -> Callable[..., Visitor]:
    """Sign somebody of the cast in; addresses name the customer unless another tenant is given."""

    def sign_in(name: str, tenant: Tenant | None = None) -> Visitor:
        client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
        client.force_login(cast.accounts[name])
        return Visitor(client, str((tenant or cast.customer).id))

    return sign_in
