"""Who asks too often is told when to ask again; a way of asking has an allowance of its own."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.cast import Cast
from tests.siem.programs import read, speak
from tidegate.authorization.api_permissions import Resource
from tidegate.feeds.limits import DEFAULTS, Limit
from tidegate.feeds.words import Family

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.mark.parametrize(
    ("family", "resource", "method", "path"),
    [
        (Family.SIEM, Resource.SIEM, "get", "alerts"),
        (Family.DEFENDER_ALERTS, Resource.DEFENDER, "get", "alerts/x"),
        (Family.DEFENDER_CHANGES, Resource.DEFENDER, "patch", "alerts/x"),
        (Family.DEFENDER_BATCH, Resource.DEFENDER, "post", "alerts/batchUpdate"),
        (Family.DEFENDER_CREATE, Resource.DEFENDER, "post", "alerts/CreateAlertByReference"),
        (Family.DEFENDER_MACHINES, Resource.DEFENDER, "get", "machines"),
        (Family.DEFENDER_XDR, Resource.DEFENDER_XDR, "get", "incidents"),
        (Family.FEEDS, Resource.SIEM, "get", "feeds"),
    ],
)
def test_too_many_requests(
    cast: Cast, settings: Settings, family: Family, resource: Resource, method: str, path: str
) -> None:
    settings.RATE_LIMITS = {**dict.fromkeys(DEFAULTS, Limit(9, 9)), family: Limit(1, 0)}
    program = speak(cast, resource)

    def ask() -> Any:
        return getattr(Client(), method)(f"/api/{path}", headers=program.headers())

    assert ask().status_code != 429
    refused = ask()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert read(refused)["error"]["code"] == "TooManyRequests"
    elsewhere = speak(cast, resource, tenant=cast.other, program=program.program)
    assert getattr(Client(), method)(f"/api/{path}", headers=elsewhere.headers()).status_code != 429
