"""From where a request of a program came, and the ids by which both sides find it again."""

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from django.http import HttpRequest

from tidegate.accounts.actors import client_address, user_agent_of
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
        asked_id = request.META.get("HTTP_CLIENT_REQUEST_ID", "").strip()
        return cls(client_address(request), user_agent_of(request), asked_id)

    @cached_property
    def trace_id(self) -> str:
        """Our id of the request."""
        return str(uuid.uuid4())

    @cached_property
    def correlation_id(self) -> str:
        """The client's own id of it; ours again where it sent none."""
        theirs = parse_uuid(self.asked_id)
        return str(theirs) if theirs else self.trace_id
