"""A server whose two ways in, the loop's and Django's, are asked one after the other."""

import io
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from tests.oauth.asking import FORM, claims_of
from tidegate.core import clock
from tidegate.core.clock import standing_at
from tidegate.core.prepared import Prepared
from tidegate.oauth.express import Express
from tidegate.oauth.signing import Draft


@dataclass
class Answer:
    """An answer, and whether Django was asked for it."""

    status: str
    headers: list[tuple[str, str]]
    body: dict[str, Any]
    is_djangos: bool = False

    @property
    def meaning(self) -> tuple[object, ...]:
        """The answer, but for what is its own."""
        body = {name: value for name, value in self.body.items() if not name.endswith("_id")}
        claims = claims_of(body.pop("access_token")) if "access_token" in body else {}
        body.pop("error_description", "")
        return self.status, sorted(self.headers), body, {**claims, "uti": ""}


class Server:
    """Both ways in, over one Django and the test's own connection."""

    def __init__(self) -> None:
        self._handler: Any = WSGIHandler()
        self.express = Express(_ask, _sign)
        self._is_asked = False

    def ask(self, path: str, form: str, **environ: Any) -> Answer:
        """The answer of the server."""
        request = RequestFactory().post(path, form, **{"content_type": FORM, **environ})
        sent = io.BytesIO(form.encode())
        answer = run(self.express.answer({**request.environ, "wsgi.input": sent}))
        if answer is None:
            assert sent.tell() == 0
            return self.ask_django(path, form, **environ)
        status, headers, body = answer
        assert status == 200
        return Answer(
            "200 OK", [(name.decode(), value.decode()) for name, value in headers], json.loads(body)
        )

    def ask_django(self, path: str, form: str, **environ: Any) -> Answer:
        """The answer as if there were no other way."""
        self._is_asked, told = True, list[Any]()
        request = RequestFactory().post(path, form, **{"content_type": FORM, **environ})
        body = json.loads(b"".join(self._handler(request.environ, lambda *head: told.extend(head))))
        return Answer(told[0], [(name.lower(), value) for name, value in told[1]], body, is_djangos=True)

    def ask_both(self, path: str, form: str, **environ: Any) -> list[Answer]:
        """The answers of both, at one moment."""
        with standing_at(clock.now()):
            return [ask(path, form, **environ) for ask in (self.ask, self.ask_django)]


async def _ask(question: Prepared, **values: object) -> list[Any] | None:
    return question.first(**values)


async def _sign(draft: Draft) -> bytes:
    return draft.sign()


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """What comes of it, without a loop: it waits for nothing, as `_ask` and `_sign` do not."""
    try:
        work.send(None)
    except StopIteration as end:
        value: T = end.value
        return value
    raise AssertionError("It waited for something.")
