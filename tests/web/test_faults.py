import pytest
from django.db import OperationalError
from django.test import Client

from tests.cast import Cast
from tests.web.conftest import text_of
from tidegate.web.views import properties


@pytest.fixture
def client_of_admin(cast: Cast) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.accounts["admin"])
    return client


def break_page(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_args: object) -> None:
        raise error

    monkeypatch.setattr(properties, "get_tenant", fail)


def test_a_fault_of_ours_is_a_page_without_a_trace(
    client_of_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_page(monkeypatch, RuntimeError("the secret of the third row"))

    answer = client_of_admin.get("/properties")

    assert answer.status_code == 500
    assert b"secret" not in answer.content
    assert b"Traceback" not in answer.content
    assert text_of(answer)


def test_a_database_that_does_not_answer_says_to_come_back(
    client_of_admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_page(monkeypatch, OperationalError("connection to 10.0.0.5 refused"))

    answer = client_of_admin.get("/properties")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert b"10.0.0.5" not in answer.content
