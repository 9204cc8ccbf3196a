from collections.abc import Callable

import pytest
from django.test import Client

from tidegate.accounts.models import Account

GOOD = {"display_name": "Ann de Wit", "language": "nl", "theme": "dark", "time_zone": "Europe/Amsterdam"}


def test_profile_is_saved(client: Client, account: Account, sign_in: Callable[..., Client]) -> None:
    sign_in()
    assert client.get("/account/").status_code == 200
    response = client.post("/account/", GOOD)
    assert response["Location"] == "/account/"
    assert response.cookies["django_language"].value == "nl"
    account.refresh_from_db()
    assert {name: getattr(account, name) for name in GOOD} == GOOD


@pytest.mark.parametrize(
    "fields",
    [
        {"display_name": ""},
        {"display_name": "a\u200eb"},
        {"language": "xx"},
        {"theme": "pink"},
        {"time_zone": "Mars/Base"},
    ],
)
def test_unusable_profile_changes_nothing(
    client: Client, account: Account, sign_in: Callable[..., Client], fields: dict[str, str]
) -> None:
    sign_in()
    response = client.post("/account/", {**GOOD, **fields})
    assert response.status_code == 200
    assert "field-error" in response.content.decode()
    account.refresh_from_db()
    assert account.display_name == "Ann Visser"


def test_preferences_go_back_to_the_page(
    client: Client, account: Account, sign_in: Callable[..., Client]
) -> None:
    sign_in()
    response = client.post("/account/preferences", {"theme": "dark", "next": "/incidents?tid=a.example"})
    assert response["Location"] == "/incidents?tid=a.example"
    account.refresh_from_db()
    assert (account.theme, account.language) == ("dark", "en")


@pytest.mark.parametrize("hostile", ["https://evil.example/", "//evil.example", ""])
def test_preferences_stay_in_the_portal(client: Client, hostile: str) -> None:
    assert client.post("/account/preferences", {"language": "nl", "next": hostile})["Location"] == "/account/"


def test_language_before_signing_in_is_kept_by_the_browser(client: Client) -> None:
    response = client.post("/account/preferences", {"language": "nl", "next": "/sign-in"})
    assert response.cookies["django_language"].value == "nl"


def test_unusable_preference_names_its_field(
    client: Client, account: Account, sign_in: Callable[..., Client]
) -> None:
    sign_in()
    response = client.post("/account/preferences", {"theme": "pink", "next": "/account/"}, follow=True)
    assert "Theme:" in response.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "password",
        "sessions",
        "passkeys",
        "passkeys/add",
        "second-step",
        "authenticator-app/add",
        "recovery-codes",
    ],
)
def test_pages_need_somebody_signed_in(client: Client, path: str) -> None:
    response = client.get(f"/account/{path}")
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in?next=")
