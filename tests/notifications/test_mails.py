"""Mails are harmless whatever stands in alerts, and read well everywhere."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert, graph_incident
from tests.notifications.post_office import PostOffice, text_of
from tests.notifications.ruling import make_rule, work
from tidegate.accounts.models import Account
from tidegate.connectors.channels.email.composing import Mail, compose
from tidegate.core.clock import standing_at
from tidegate.notifications.drafts import RecipientDraft
from tidegate.notifications.showing import show

pytestmark = pytest.mark.usefixtures("now")

EVIL = (
    "Eve\r\nBcc: all@customer.example\n\n\u202ecod.exe <script>alert(1)</script> "
    "<a href='https://evil.example'>x</a> www.evil.example"
)


MAIL = Mail("Portal <a@b.example>", "c@d.example", "Subject", "text", "<p>text</p>", "one@b.example", NOW)


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links |= {str(value) for name, value in attrs if name in {"href", "src"}}


def test_what_others_wrote_adds_no_header_no_line_no_tag_and_no_link(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert(title="Plain", category="Malware")])
    import_all(cast.customer, [graph_alert(id="b", title=EVIL, category=EVIL[:60])])
    work()
    plain, evil = office.mails()
    assert evil["Bcc"] is None
    assert [name for name, _ in evil.raw_items()] == [name for name, _ in plain.raw_items()]
    assert len(text_of(evil).splitlines()) == len(text_of(plain).splitlines())
    assert "\u202e" not in f"{evil['Subject']}{text_of(evil)}{text_of(evil, 'html')}"
    found, expected = Tags(text_of(evil, "html")), Tags(text_of(plain, "html"))
    assert found.tags == expected.tags
    assert not any("evil" in link for link in found.links)
    assert "://evil" not in text_of(evil)


def test_a_mail_is_plain_and_html_and_every_server_can_pass_it_on(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert(title="Überwachung – 端末 " + "x" * 2000)])
    work()
    [(_, data)] = office.taken
    assert data.isascii()
    # What programs read stands as it is, on one line.
    head = data.partition(b"\r\n\r\n")[0]
    for name in (b"Message-ID", b"In-Reply-To", b"References", b"List-Unsubscribe"):
        assert re.search(rb"^%s: <[^<>\s=?]+>\r$" % name, head, re.MULTILINE)
    assert max(map(len, data.split(b"\r\n"))) <= 998
    [mail] = office.mails()
    assert mail.get_content_type() == "multipart/alternative"
    assert len(mail["Subject"]) <= 200
    assert "Überwachung – 端末" in text_of(mail)
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    html = text_of(mail, "html")
    assert "width=device-width" in html
    assert "<!--[if mso]>" in html


def test_mails_of_one_incident_are_one_thread_and_those_of_others_are_not(
    cast: Cast, office: PostOffice
) -> None:
    make_rule(cast.enter("admin"))
    for number, incident in enumerate(("41", "41", "42")):
        import_all(cast.customer, [graph_alert(id=f"a{number}", incidentId=incident)])
        work()
    threads = [mail["References"] for mail in office.mails()]
    assert threads[0] == threads[1] != threads[2]
    assert all(mail["In-Reply-To"] == mail["References"] for mail in office.mails())


def test_a_mail_about_incidents_is_headed_by_the_incident_and_counts_incidents(
    cast: Cast, office: PostOffice
) -> None:
    scope = cast.enter("admin")
    make_rule(scope, about="incidents")
    digest = {"cadence": "every", "digest_minutes": 5, "is_once_per_incident": True}
    make_rule(scope, display_name="Digest", about="incidents", **digest)
    import_all(cast.customer, [graph_incident(graph_alert()), graph_incident(graph_alert(id="b"), id="42")])
    with standing_at(NOW + timedelta(minutes=5)):
        work()
        work()
    with standing_at(NOW + timedelta(minutes=10)):
        work()
    first, *_others, last = office.mails()
    assert text_of(first).splitlines()[2:4] == ["[Medium] Incident 41: Odd sign-ins", "Odd sign-in"]
    assert 'bold">Incident 41: Odd sign-ins</div>' in text_of(first, "html")
    assert last["Subject"] == "Delta Mills: 2 incidents"


@pytest.mark.parametrize(
    ("rule_language", "own", "expected"), [("", "nl", "nl"), ("en", "nl", "en"), ("", "", "en")]
)
def test_a_mail_is_in_the_language_of_its_rule_or_else_of_its_reader(
    cast: Cast, office: PostOffice, rule_language: str, own: str, expected: str
) -> None:
    Account.objects.filter(id=cast.accounts["reader"].id).update(language=own)
    recipients = [RecipientDraft(email="reader@customer.example")]
    make_rule(cast.enter("admin"), language=rule_language, recipients=recipients)
    import_all(cast.customer, [graph_alert()])
    work()
    [mail] = office.mails()
    assert mail["Content-Language"] == expected
    assert f'<html lang="{expected}">' in text_of(mail, "html")


def test_times_are_those_of_the_rules_time_zone(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"), time_zone="Asia/Tokyo")
    import_all(cast.customer, [graph_alert()])
    work()
    assert "Time: 2026-03-01 19:00 JST" in text_of(office.mails()[0])


@pytest.mark.parametrize(
    "title", ["=?utf-8?q?=E2=80=AEcod.exe?=", "=?utf-8?b?4oCuY29kLmV4ZQ==?= =?", "a =?x"]
)
def test_what_reads_as_if_it_were_encoded_turns_no_direction(title: str) -> None:
    mail = Mail("a@b.example", "c@d.example", title, "text", "", "one@b.example", NOW)
    assert message_from_bytes(compose(mail), policy=policy.default)["Subject"] == title


@pytest.mark.parametrize("name", ["message_id", "thread_id", "unsubscribe_url", "language"])
@pytest.mark.parametrize("end", ["\r", "\n", "\r\nBcc: x@y.example"])
def test_no_header_ends_its_line(name: str, end: str) -> None:
    with pytest.raises(ValueError, match="would end its line"):
        compose(changed(name, f"a{end}b"))


def changed(name: str, value: str) -> Mail:
    changes: dict[str, Any] = {name: value}
    return replace(MAIL, **changes)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_arrives_as_it_is(text: str, html: str) -> None:
    data = compose(replace(MAIL, text=text, html=f"<p>{html}</p>"))
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")
    mail = cast_mail(message_from_bytes(data, policy=policy.default))
    assert not mail.defects
    assert lines_of(mail, "plain") == text.encode(errors="replace").splitlines()
    assert lines_of(mail, "html") == f"<p>{html}</p>".encode().splitlines()


def lines_of(mail: EmailMessage, kind: str) -> list[bytes]:
    return text_of(mail, kind).encode().splitlines()


def cast_mail(mail: object) -> EmailMessage:
    assert isinstance(mail, EmailMessage)
    return mail


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_makes_one_subject_and_one_body(subject: str, text: str) -> None:
    mail = Mail(
        sender="Portal <portal@tidegate.example>",
        recipient="a@b.example",
        subject=subject,
        text=show(text),
        html="",
        message_id="one@tidegate.example",
        sent_at=NOW,
        thread_id="thread@tidegate.example",
        unsubscribe_url="https://portal.example/u/x",
    )
    read = message_from_bytes(compose(mail), policy=policy.default)
    names = [name for name, _ in read.raw_items()]
    assert len(names) == len(set(names))
    assert read["To"] == "a@b.example"
    assert read["Message-ID"] == "<one@tidegate.example>"
