"""What is on its way ends for a program that is kept out meanwhile, and the ledger says that it broke off."""

from datetime import timedelta

import pytest

from tests.cast import NOW, Cast
from tests.devices.making import see_devices
from tests.siem.programs import speak
from tidegate.authorization.api_permissions import Resource
from tidegate.core.clock import standing_at
from tidegate.directory.actions.stops import stop_all
from tidegate.feeds.models import Consumer
from tidegate.incidents import detection_queries
from tidegate.oauth.errors import TokenRefused
from tidegate.siem import lists

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def queue(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Three alerts, each on a device of its own, which are read one by one."""
    monkeypatch.setattr(lists, "_BLOCK", 1)
    monkeypatch.setattr(detection_queries, "_BLOCK", 1)
    see_devices(cast.customer, "pc-1", "pc-2", "pc-3")
    return cast


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        (Resource.SIEM, "/api/alerts"),
        (Resource.DEFENDER, "/api/alerts"),
        (Resource.DEFENDER, "/api/machines"),
    ],
)
def test_an_answer_breaks_off_when_the_program_is_stopped(queue: Cast, resource: Resource, path: str) -> None:
    program = speak(queue, resource)
    pieces = iter(program.get(path).streaming_content)
    next(pieces)
    stop_all(queue.enter("admin"), reason="x")
    with standing_at(NOW + timedelta(seconds=1)), pytest.raises(TokenRefused):
        list(pieces)
    if path != "/api/machines":
        assert Consumer.rows.get(tenant=queue.customer).last_error == "token_refused"
