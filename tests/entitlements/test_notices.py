"""Mails: kept with what they tell, once, in the reader's words, and harmless whatever stands in them."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.template.loader import get_template
from django.urls import Resolver404, resolve
from django.utils.translation import override
from pytest_django import Settings

from tests.cast import NOW, Cast, days
from tidegate.accounts.models import Account
from tidegate.authorization.roles import BuiltInRole
from tidegate.directory.actions.roles import assign_role
from tidegate.entitlements.mailing import PATHS, link_of, write_mail
from tidegate.entitlements.models import Notice
from tidegate.entitlements.notices import NoticeKind, tell, tell_administrators, tell_users

pytestmark = pytest.mark.usefixtures("now")

VALUES: dict[str, Any] = {
    "request_id": uuid4(),
    "assignment_id": uuid4(),
    "review_id": uuid4(),
    "activation_id": uuid4(),
    "person": "Boss",
    "organization": "Harbour Watch",
    "package": "Tier 2 access",
    "role": "Tier 2 analyst",
    "review": "Tier 2 access: Requests",
    "justification": "On call this week.",
    "by": "Admin",
    "confirmed_by": "Lead",
    "because": "Denied in a review.",
    "reason": "Under inquiry.",
    "name": "Everybody from outside",
    "status": "Conflict",
    "until": NOW,
    "starts_at": NOW,
    "ends_at": NOW + days(1),
    "can_extend": True,
}
OUTSIDERS = (
    "person",
    "organization",
    "justification",
    "by",
    "because",
    "reason",
    "package",
    "review",
    "name",
)


def make(cast: Cast, kind: NoticeKind = NoticeKind.ACCESS_GIVEN, key: str = "one", **values: Any) -> Notice:
    tell(cast.customer.id, kind, key=key, to=cast.accounts["boss"], values={**VALUES, **values})
    return Notice.objects.of_tenant(cast.customer.id).select_related("tenant").order_by("-id").first()  # type: ignore[return-value]


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_has_words_and_a_link_that_names_the_tenant(
    cast: Cast, kind: NoticeKind, language: str
) -> None:
    cast.accounts["boss"].language = language
    message = write_mail(make(cast, kind))
    assert "Delta Mills" in message.subject
    assert message.to == ["boss@provider.example"]
    assert f"?tid={cast.customer.id}" in message.body
    assert "{" not in f"{message.subject}{message.body}"
    assert all(line == line.rstrip() for line in message.body.splitlines())


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_link_leads_to_a_page(kind: NoticeKind) -> None:
    path = PATHS[kind].format_map(VALUES)
    try:
        resolve(path)
    except Resolver404:
        pytest.fail(f"{kind} leads to {path}, which is no page.")


def test_a_template_belongs_to_every_kind_and_every_kind_has_one() -> None:
    folder = Path(get_template("entitlements/mail/access_given.txt").origin.name).parent  # type: ignore[attr-defined]
    assert {file.stem for file in folder.glob("[!_]*.txt")} == set(NoticeKind)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_what_outsiders_write_adds_no_line_and_no_header(cast: Cast, kind: NoticeKind) -> None:
    evil = "Eve\r\nBcc: all@customer.example\n\n\u202ehttp://evil.example \x00<b>&amp;{{ link }}"
    plain = write_mail(make(cast, kind, "plain"))
    hostile = write_mail(make(cast, kind, "hostile", **dict.fromkeys(OUTSIDERS, evil)))
    sent = hostile.message()
    assert sent["Bcc"] is None
    assert len(hostile.body.splitlines()) == len(plain.body.splitlines())
    written = f"{hostile.subject}{hostile.body}"
    assert not any(sign in written for sign in "\r\0\u202e")
    assert written.count("?tid=") == 1


def test_a_subject_is_short_however_long_a_name_is(cast: Cast) -> None:
    message = write_mail(make(cast, package="x" * 3000))
    assert len(message.subject) == 200
    assert len(message.body) < 2000


def test_a_link_is_of_the_tenant_of_the_notice(cast: Cast, settings: Settings) -> None:
    settings.BASE_URL = "https://portal.example"
    notice = make(cast, NoticeKind.REVIEW_STARTED)
    assert link_of(notice) == f"https://portal.example/reviews/{VALUES['review_id']}?tid={cast.customer.id}"


def test_a_mail_is_in_the_language_of_its_reader_whoever_acts(cast: Cast) -> None:
    Account.objects.filter(id=cast.accounts["boss"].id).update(language="nl")
    cast.accounts["boss"].refresh_from_db()
    with override("en"):
        make(cast)
    assert [notice.language for notice in Notice.objects.of_tenant(cast.customer.id)] == ["nl"]


def test_one_key_is_told_once_to_each_reader(cast: Cast) -> None:
    for name in ("boss", "boss", "lead"):
        tell(cast.customer.id, NoticeKind.ACCESS_GIVEN, key="k", to=cast.accounts[name], values=VALUES)
    tell(cast.other.id, NoticeKind.ACCESS_GIVEN, key="k", to=cast.accounts["boss"], values=VALUES)
    assert sorted(notice.email for notice in Notice.rows.all()) == [
        "boss@provider.example",
        "boss@provider.example",
        "lead@provider.example",
    ]


def test_what_is_undone_is_not_told(cast: Cast) -> None:
    with transaction.atomic():
        make(cast)
        transaction.set_rollback(True)
    assert not Notice.rows.exists()


def test_telling_twice_does_not_break_the_callers_transaction(cast: Cast) -> None:
    with transaction.atomic():
        make(cast)
        make(cast)
        assert Notice.objects.of_tenant(cast.customer.id).count() == 1


def test_administrators_are_the_tenants_own_who_may_enter(cast: Cast) -> None:
    scope = cast.enter("admin")
    role = cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR).id
    assign_role(scope, role, user_id=cast.user("member").id)
    assign_role(scope, role, user_id=cast.user("helper").id)
    assign_role(scope, role, group_id=cast.group("Tier 1").id)
    tell_administrators(cast.customer.id, NoticeKind.BREAK_GLASS_OPENED, key="k", values=VALUES)
    found = Notice.objects.of_tenant(cast.customer.id).order_by("email")
    assert [notice.email for notice in found] == ["admin@customer.example", "member@customer.example"]


def test_users_without_an_account_or_with_a_closed_one_are_not_told(cast: Cast) -> None:
    Account.objects.filter(id=cast.accounts["reader"].id).update(is_active=False)
    users = [cast.user(name) for name in ("admin", "reader", "member")]
    users[0].account = None
    tell_users(cast.customer.id, NoticeKind.REVIEW_STARTED, key="k", users=users, values=VALUES)
    assert [notice.email for notice in Notice.objects.of_tenant(cast.customer.id)] == [
        "member@customer.example"
    ]
