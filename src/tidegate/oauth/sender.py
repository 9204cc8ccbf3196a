"""From where a request of a program came, and the ids by which both sides find it again."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from django.http import HttpRequest

from tidegate.accounts.actors import read_address, read_user_agent
from tidegate.core.ids import parse_uuid


@dataclass(frozen=True)
class Sender:
    """Whoever sent a request; nothing here proves who that is. The ids are made where somebody needs them."""

    ip_address: str
    user_agent: str
    asked_id: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Read from a request."""
        return cls.read(request.META)

    @classmethod
    def read(cls, environ: Mapping[str, Any]) -> Self:
        """The same, from the server's own words of it (PEP 3333)."""
        asked_id = environ.get("HTTP_CLIENT_REQUEST_ID", "").strip()
        return cls(read_address(environ), read_user_agent(environ), asked_id)

    @cached_property
    def trace_id(self) -> str:
        """Our id of the request."""
        return str(uuid.uuid4())

    @cached_property
    def correlation_id(self) -> str:
        """The client's own id of it; ours again where it sent none."""
        theirs = parse_uuid(self.asked_id)
        return str(theirs) if theirs else self.trace_id
