"""A receiver of change notifications, in the place of the one client that speaks to the outside."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from tidegate.core.outbound import Answer, OutboundFailed
from tidegate.feeds import notifying
from tidegate.feeds.actions import subscriptions


@dataclass
class Receiver:
    """Says validation tokens back, and keeps what it is told; `status` is what it answers then."""

    told: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)
    status: int = 202
    content_type: str = "text/plain"
    refused: bool = False
    says_back: bool = True

    def take(self, method: str, url: str, *, body: bytes = b"", **_others: Any) -> Answer:
        assert method == "POST"
        if self.refused:
            raise OutboundFailed("hooks.example is not on the public internet.", is_refused=True)
        token = parse_qs(urlsplit(url).query).get("validationToken")
        if token:
            return Answer(200, self.content_type, token[0].encode() if self.says_back else b"no")
        self.told.append((url, msgspec.json.decode(body)["value"]))
        return Answer(self.status, "text/plain", b"")

    @property
    def changes(self) -> list[tuple[str, str]]:
        """Everything told so far, in order."""
        return [(one["changeType"], one["resource"]) for _, many in self.told for one in many]


def put_in_place(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """A receiver at every address."""
    found = Receiver()
    monkeypatch.setattr(subscriptions, "send", found.take)
    monkeypatch.setattr(notifying, "send", found.take)
    return found
