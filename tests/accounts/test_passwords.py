import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from tests.accounts.conftest import PASSWORD
from tidegate.accounts.actions import create_account, set_home_tenant
from tidegate.accounts.models import Account
from tidegate.audit.models import AuditEvent
from tidegate.core.ids import uuid7

NEW = "a lantern over the sluice"


def test_change_ends_other_sessions_and_is_recorded(
    client: Client, account: Account, sign_in: Callable[..., Client]
) -> None:
    set_home_tenant(account, uuid7())
    other = sign_in(into=Client())
    sign_in()
    done = client.post("/account/password", {"oldpassword": PASSWORD, "password1": NEW})
    assert done["Location"] == "/account/"
    assert client.get("/incidents").content == b"ann@provider.example"
    assert other.get("/incidents").content == b"nobody"
    event = AuditEvent.rows.latest("sequence")
    assert event.tag == "account.password_changed"
    assert NEW not in str(vars(event))
    assert mail.outbox[-1].subject == "Your password was changed"


@pytest.mark.parametrize(
    "fields", [{"oldpassword": "guess"}, {"password1": "short"}, {"password1": "ann@provider.example"}]
)
def test_unusable_change_is_refused_by_field(
    client: Client, account: Account, sign_in: Callable[..., Client], fields: dict[str, str]
) -> None:
    sign_in()
    response = client.post("/account/password", {"oldpassword": PASSWORD, "password1": NEW, **fields})
    assert response.status_code == 200
    assert "field-error" in response.content.decode()


def test_reset_by_mail(
    client: Client, account: Account, mailed: Callable[[str], str], settings: Settings
) -> None:
    set_home_tenant(account, uuid7())
    settings.BASE_URL = "https://portal.example"
    assert (
        client.post(
            "/account/password/reset", {"email": account.email}, headers={"host": "localhost:81"}
        ).status_code
        == 302
    )
    link = mailed(r"https://portal\.example/\S+").removeprefix("https://portal.example")
    client.get(link, follow=True)
    form = re.sub(r"-[^-]+-[^-]+$", "-set-password", link)
    done = client.post(form, {"password1": NEW})
    assert done["Location"] == "/account/password/reset/done"
    assert client.get("/incidents").content == b"nobody"
    assert client.post("/sign-in", {"login": account.email, "password": NEW}).status_code == 302
    assert AuditEvent.rows.get(tag="account.password_changed").details == '{"by_mailed_link": true}'
    assert "was used already" in Client().get(link).content.decode()


def test_reset_reads_the_same_for_known_and_unknown(account: Account) -> None:
    answers = []
    for email in (account.email, "nobody@provider.example"):
        client = Client()
        response = client.post("/account/password/reset", {"email": email})
        answers.append(
            (response.status_code, response["Location"], client.get(response["Location"]).status_code)
        )
    assert answers[0] == answers[1]
    assert [message.subject for message in mail.outbox] == [
        "Set a new password",
        "No account with this address",
    ]


def test_reset_works_when_the_mail_server_is_away(
    client: Client, account: Account, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert client.post("/account/password/reset", {"email": account.email}).status_code == 302


def test_resets_are_limited(client: Client, account: Account) -> None:
    statuses = [client.post("/account/password/reset", {"email": account.email}) for _ in range(6)]
    assert statuses[-1].status_code == 429
    assert statuses[-1]["Retry-After"] == "60"


def test_mail_is_in_the_language_of_its_reader(client: Client) -> None:
    create_account("jan@klant.example", PASSWORD, "Jan", "nl")
    client.post("/account/password/reset", {"email": "jan@klant.example"})
    assert mail.outbox[-1].to == ["jan@klant.example"]


def test_first_password_of_who_has_none(client: Client) -> None:
    account = create_account("key@provider.example", None, "Key")
    client.force_login(account)
    assert client.get("/account/password")["Location"] == "/account/password/set"
    assert client.post("/account/password/set", {"password1": NEW})["Location"] == "/account/"
    account.refresh_from_db()
    assert account.check_password(NEW)
