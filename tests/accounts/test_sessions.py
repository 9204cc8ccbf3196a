from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from tidegate.accounts.actions import create_account, end_sessions, set_home_tenant
from tidegate.accounts.browsers import describe_browser
from tidegate.accounts.jobs import clear_ended_sessions
from tidegate.accounts.models import Account
from tidegate.audit.models import AuditEvent
from tidegate.core import clock
from tidegate.core.ids import uuid7

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def two(account: Account, sign_in: Callable[..., Client]) -> tuple[Client, Client]:
    set_home_tenant(account, uuid7())
    return (
        sign_in(into=Client(headers={"user-agent": FIREFOX})),
        sign_in(into=Client(REMOTE_ADDR="203.0.113.7")),
    )


def who(client: Client) -> str:
    return client.get("/incidents").content.decode()


def test_list_shows_each_session_and_which_is_this_one(two: tuple[Client, Client]) -> None:
    page = two[0].get("/account/sessions").content.decode()
    assert "Firefox on Linux" in page
    assert "203.0.113.7" in page
    assert page.count("This session") == 1


def test_ending_one_takes_effect_on_its_next_request(two: tuple[Client, Client]) -> None:
    other = UserSession.objects.get(ip="203.0.113.7")
    assert two[0].post(f"/account/sessions/{other.pk}/end")["Location"] == "/account/sessions"
    assert [who(client) for client in two] == ["ann@provider.example", "nobody"]
    assert AuditEvent.rows.latest("sequence").tag == "account.sessions_ended"


def test_sign_out_everywhere_ends_this_one_too(two: tuple[Client, Client]) -> None:
    assert two[0].post("/account/sessions/end")["Location"] == "/sign-in"
    assert [who(client) for client in two] == ["nobody", "nobody"]
    assert AuditEvent.rows.latest("sequence").details == '{"all": true, "sessions": 2}'
    assert "signed out everywhere" in two[0].get("/sign-in").content.decode()


def test_end_sessions_also_ends_what_is_not_listed(two: tuple[Client, Client], account: Account) -> None:
    UserSession.objects.all().delete()
    end_sessions(account)
    assert [who(client) for client in two] == ["nobody", "nobody"]


def test_nobody_ends_another_persons_session(
    two: tuple[Client, Client], sign_in: Callable[..., Client]
) -> None:
    create_account("bob@provider.example", "harbour lights at dusk", "Bob")
    bob = sign_in("bob@provider.example", into=Client())
    other = UserSession.objects.get(ip="203.0.113.7")
    assert bob.post(f"/account/sessions/{other.pk}/end").status_code == 404
    assert who(two[1]) == "ann@provider.example"
    assert bob.get("/account/sessions").content.decode().count("End session:") == 1


def test_ending_needs_a_post_and_a_session(two: tuple[Client, Client]) -> None:
    assert two[0].get("/account/sessions/end").status_code == 405
    assert Client().post("/account/sessions/end")["Location"].startswith("/sign-in?next=")


def test_last_seen_is_noted_at_most_once_a_minute(two: tuple[Client, Client]) -> None:
    before = UserSession.objects.get(ip="203.0.113.7").last_seen_at
    who(two[1])
    assert UserSession.objects.get(ip="203.0.113.7").last_seen_at == before
    UserSession.objects.update(last_seen_at=clock.now() - timedelta(hours=1), ip="192.0.2.1")
    who(two[1])
    assert UserSession.objects.get(ip="203.0.113.7").last_seen_at >= before


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8.5.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_browser_in_words(user_agent: str, words: str) -> None:
    assert describe_browser(user_agent) == words


def test_sessions_whose_time_is_over_are_cleared(two: tuple[Client, Client]) -> None:
    Session.objects.filter(session_key=two[1].session.session_key).update(expire_date=clock.now())
    assert clear_ended_sessions()
    assert UserSession.objects.count() == Session.objects.count() == 1
    assert not clear_ended_sessions()
