"""The mail server of the installation: set and checked by its operator's tenant alone; else files."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import send_mail
from pytest_django import Settings

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice, Running, free_port
from tests.notifications.ruling import make_rule, work
from tidegate.audit.models import AuditEvent
from tidegate.connectors.channels.email.server import Security, SmtpServer, read_smtp_url
from tidegate.core.errors import Forbidden, InvalidInput, NotFound
from tidegate.notifications.actions.mail_server import (
    ServerDraft,
    check_mail_server,
    clear_mail_server,
    set_mail_server,
)
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.mail_server import find_post
from tidegate.notifications.mailbox import get_mail, has_mailbox, list_mails
from tidegate.notifications.models import Delivery, MailServer

pytestmark = pytest.mark.usefixtures("now")


def server(port: int = 25, **changes: Any) -> ServerDraft:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "mail_from": "Portal <portal@tidegate.example>",
        "user_name": "",
        "password": "",
    }
    return ServerDraft(**{**values, **changes})


@pytest.mark.parametrize("who", ["analyst", "member", "outsider"])
def test_nobody_sets_the_server_but_the_operators_tenant(cast: Cast, settings: Settings, who: str) -> None:
    scopes = [cast.enter("admin"), cast.enter(who, cast.other if who == "outsider" else None)]
    for scope in scopes:
        with pytest.raises(Forbidden):
            set_mail_server(scope, server())
    settings.OPERATOR_TENANT = str(cast.customer.id)
    with pytest.raises(Forbidden):
        check_mail_server(scopes[1])
    set_mail_server(scopes[0], server())


def test_a_server_that_is_set_takes_mails_and_one_that_is_cleared_none(
    cast: Cast, settings: Settings
) -> None:
    settings.OPERATOR_TENANT = str(cast.customer.id)
    scope = cast.enter("admin")
    running = Running()
    running.open()
    try:
        assert check_mail_server(scope, server(running.port)).is_good
        set_mail_server(scope, server(running.port))
        make_rule(scope)
        import_all(cast.customer, [graph_alert()])
        work()
        assert running.office.mails()[0]["From"] == "Portal <portal@tidegate.example>"
    finally:
        running.close()
    clear_mail_server(scope)
    assert find_post().server is None
    tags = AuditEvent.rows.filter(target_type="mail_server").values_list("tag", flat=True)
    assert list(tags) == ["mail_server.updated", "mail_server.cleared"]


def test_a_check_says_what_is_wrong(cast: Cast, settings: Settings) -> None:
    settings.OPERATOR_TENANT = str(cast.customer.id)
    found = check_mail_server(cast.enter("admin"), server(free_port()))
    assert not found.is_good
    assert "refused" in found.answer


def test_a_password_is_sealed_and_not_taken_along_to_another_host(cast: Cast, settings: Settings) -> None:
    settings.OPERATOR_TENANT = str(cast.customer.id)
    scope = cast.enter("admin")
    set_mail_server(scope, server(user_name="portal", password="hush"))
    assert "hush" not in str(vars(MailServer.objects.get()))
    assert "hush" not in "".join(AuditEvent.rows.values_list("details", flat=True))
    assert "hush" not in repr(find_post().server)
    set_mail_server(scope, server(port=26, user_name="portal", password=None))
    with pytest.raises(InvalidInput) as refusal:
        check_mail_server(scope, server(host="evil.example", user_name="portal", password=None))
    assert list(refusal.value.fields) == ["password"]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("", None),
        ("smtp://mx.example", SmtpServer("mx.example", 587, Security.NONE)),
        ("smtps://u:p%40@mx.example", SmtpServer("mx.example", 465, Security.TLS, "u", "p@")),
        ("smtp+starttls://mx.example:25", SmtpServer("mx.example", 25, Security.STARTTLS)),
    ],
)
def test_a_server_is_read_from_its_address(url: str, found: SmtpServer | None) -> None:
    assert read_smtp_url(url) == found


@pytest.fixture
def files(settings: Settings, tmp_path: Path) -> Path:
    settings.SMTP_URL, settings.TIDEGATE_HOME = "", tmp_path
    settings.EMAIL_BACKEND = "tidegate.notifications.mail_backend.PortalBackend"
    return tmp_path / "mail"


def test_without_a_server_mails_are_files_and_each_reads_their_own(cast: Cast, files: Path) -> None:
    recipients = [RecipientDraft(email="reader@customer.example"), RecipientDraft(email="x@y.example")]
    make_rule(cast.enter("admin"), recipients=recipients)
    import_all(cast.customer, [graph_alert(title="<script>")])
    work()
    send_mail("Welcome", "Hello", None, ["reader@customer.example"])
    assert len(list(files.glob("*.eml"))) == 3
    assert has_mailbox()
    mails = list_mails(cast.actor("reader"))
    assert sorted(mail.subject for mail in mails) == ["Welcome", "[Medium] Delta Mills: <script>"]
    assert get_mail(cast.actor("reader"), mails[0].name) == mails[0]
    assert list_mails(cast.actor("outsider")) == []
    for name in (mails[0].name, "../secret.key", "", "\0"):
        with pytest.raises(NotFound):
            get_mail(cast.actor("outsider"), name)


def test_in_a_demo_everybody_reads_all(cast: Cast, files: Path, settings: Settings) -> None:
    settings.IS_DEMO = True
    send_mail("Welcome", "Hello", None, ["reader@customer.example"])
    assert [mail.text for mail in list_mails(cast.actor("outsider"))] == ["Hello\n"]


def test_a_mail_that_is_kept_twice_is_one_file(cast: Cast, files: Path) -> None:
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert()])
    work()
    Delivery.rows.update(state="sending", try_at=NOW)
    work()
    assert len(list(files.glob("*"))) == 1


def test_mails_that_somebody_waits_for_take_the_same_server(
    cast: Cast, office: PostOffice, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "tidegate.notifications.mail_backend.PortalBackend"
    send_mail("Welcome", "Hello\n.\nthere", None, ["reader@customer.example"])
    [(recipient, data)] = office.taken
    assert recipient == "reader@customer.example"
    assert b"\r\n\r\nHello\r\n.\r\nthere" in data
