"""From where a request of a program came, and the ids by which both sides find it again."""

import uuid
from dataclasses import dataclass
from typing import Self

from django.http import HttpRequest

from tidegate.accounts.actors import client_address, user_agent_of
from tidegate.core.ids import parse_uuid


@dataclass(frozen=True, slots=True)
class Sender:
    """Whoever sent a request; nothing here proves who that is."""

    ip_address: str
    user_agent: str
    trace_id: str
    correlation_id: str

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """Read from a request; the correlation id is the client's own, if it sent one."""
        theirs = parse_uuid(request.headers.get("client-request-id", "").strip())
        own = str(uuid.uuid4())
        return cls(client_address(request), user_agent_of(request), own, str(theirs) if theirs else own)
