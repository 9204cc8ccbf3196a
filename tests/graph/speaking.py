"""A program that speaks to Graph, as tests drive it: for itself, or for one of the cast."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.test import Client

from tests.applications import (
    Program,
    app_permissions,
    delegated_permissions,
    let_in,
    make_program,
)
from tests.cast import Cast
from tidegate.authorization.api_permissions import Resource
from tidegate.directory.models import Tenant, User


@dataclass(frozen=True)
class Said:
    """An answer, read."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def values(self) -> list[dict[str, Any]]:
        assert self.status == 200, self.body
        found: list[dict[str, Any]] = self.body["value"]
        return found

    @property
    def code(self) -> tuple[int, str]:
        return self.status, self.body["error"]["code"]

    @property
    def message(self) -> str:
        found: str = self.body["error"]["message"]
        return found


@dataclass
class Speaker:
    """A token in use."""

    program: Program
    header: dict[str, str]
    client: Client = field(default_factory=Client)

    def get(self, path: str, **headers: str) -> Said:
        return self._say("GET", path, **headers)

    def post(self, path: str, body: object = None) -> Said:
        return self._say("POST", path, body)

    def patch(self, path: str, body: object, **headers: str) -> Said:
        return self._say("PATCH", path, body, **headers)

    def put(self, path: str, body: object) -> Said:
        return self._say("PUT", path, body)

    def delete(self, path: str) -> Said:
        return self._say("DELETE", path)

    def _say(self, method: str, path: str, body: object = None, **headers: str) -> Said:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.generic(
            method,
            f"/v1.0/{path}",
            b"" if body is None else msgspec.json.encode(body),
            content_type="application/json",
            headers={**self.header, **more},
        )
        content = answer.getvalue()
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return Said(
            answer.status_code, msgspec.json.decode(content) if is_json else content.decode(), answer.headers
        )


def speak(cast: Cast, *values: str, tenant: Tenant | None = None, program: Program | None = None) -> Speaker:
    """An application of the provider with these permissions in the customer (or another tenant)."""
    where = tenant or cast.customer
    found = program or make_program(cast)
    let_in(found, where, *app_permissions(Resource.GRAPH, *values))
    return Speaker(found, found.header(where, Resource.GRAPH, *values))


def speak_for(cast: Cast, user: User, *values: str, program: Program | None = None) -> Speaker:
    """The same, acting for a user of the customer."""
    found = program or make_program(cast)
    let_in(found, user.tenant, *delegated_permissions(Resource.GRAPH, *values))
    return Speaker(found, found.header(user.tenant, Resource.GRAPH, *values, user=user))
