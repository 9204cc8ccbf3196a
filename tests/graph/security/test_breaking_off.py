"""A list on its way ends for a program that is kept out meanwhile, and the ledger says that it broke off."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.cast import NOW, Cast
from tests.graph.security.queue import WRITES
from tests.graph.speaking import Speaker, speak, speak_for
from tidegate.core.clock import standing_at
from tidegate.directory.actions.stops import stop_guest, stop_organization
from tidegate.feeds.models import Consumer
from tidegate.oauth.errors import TokenRefused

type Stop = Callable[[Cast], object]

LIST = "/v1.0/security/alerts_v2"


def stop_home(cast: Cast) -> None:
    stop_organization(cast.enter("admin"), cast.provider.id, name="Harbour Watch", reason="x")


def stop_person(cast: Cast) -> None:
    stop_guest(cast.enter("admin"), cast.user("analyst").id, reason="x")


@pytest.mark.parametrize("stop", [stop_home, stop_person])
def test_a_list_breaks_off_when_the_caller_is_stopped(queue: Cast, stop: Stop) -> None:
    for_itself = stop is stop_home
    speaker: Speaker = (
        speak(queue, *WRITES) if for_itself else speak_for(queue, queue.user("analyst"), *WRITES)
    )
    answer: Any = Client().get(LIST, headers=speaker.header)
    pieces = iter(answer.streaming_content)
    assert b'"value":[' in next(pieces)
    next(pieces)
    stop(queue)
    with standing_at(NOW + timedelta(seconds=1)), pytest.raises(TokenRefused):
        next(pieces)
    assert Consumer.rows.get(tenant=queue.customer).last_error == "token_refused"
