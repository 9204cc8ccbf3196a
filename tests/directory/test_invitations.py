"""From an offer to a guest: whose it is, how long it holds, and that it works once."""

import uuid
from datetime import timedelta

import pytest
from pytest_django import Settings

from tests.cast import NOW, Cast, actor_of_account, days, join_as_guest
from tidegate.accounts.actions import create_account
from tidegate.accounts.models import Account
from tidegate.authorization.scope import Relation
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.directory.actions.invitations import (
    INVITATION_LIFETIME,
    Offer,
    find_invitation,
    invite_guest,
    invite_member,
    redeem_invitation,
    renew_invitation,
)
from tidegate.directory.actions.tenants import create_tenant
from tidegate.directory.actions.users import block_user, change_end, remove_user
from tidegate.directory.models import Invitation, User

pytestmark = pytest.mark.usefixtures("now")

STRANGER = "stranger@nowhere.example"


def invite(cast: Cast, email: str = STRANGER) -> Offer:
    return invite_guest(cast.enter("admin"), email=email)


def redeem(cast: Cast, name: str, token: str) -> User:
    return redeem_invitation(cast.actor(name), cast.accounts[name], token)


def test_a_guest_waits_until_they_accept(cast: Cast) -> None:
    offer = invite(cast, " Stranger@Nowhere.Example ")
    assert (offer.user.mail, offer.user.account_id) == (STRANGER, None)
    assert offer.user.external_user_state == User.ExternalUserState.PENDING_ACCEPTANCE
    assert offer.user.user_principal_name == "stranger_nowhere.example#EXT#@customer.example"
    with pytest.raises(NotFound):
        cast.enter("stranger")
    user = redeem(cast, "stranger", offer.token)
    assert user.id == offer.user.id
    assert user.display_name == "Stranger"
    assert cast.enter("stranger").entry.relation == Relation.GUEST


def test_the_token_is_shown_nowhere(cast: Cast) -> None:
    offer = invite(cast)
    assert offer.token not in repr(offer)
    assert offer.token not in str(list(Invitation.rows.values()))


def test_a_guest_keeps_the_home_they_have(cast: Cast) -> None:
    offer = invite(cast, "outsider@other.example")
    redeem(cast, "outsider", offer.token)
    assert Account.objects.get(email="outsider@other.example").home_tenant_id == cast.other.id


def test_a_person_who_has_no_account_yet_can_accept_once_they_do(cast: Cast) -> None:
    offer = invite(cast, "new@nowhere.example")
    account = create_account("new@nowhere.example", None, "Newly Made")
    user = redeem_invitation(actor_of_account(account), account, offer.token)
    assert user.display_name == "Newly Made"


def test_every_link_that_is_not_open_reads_the_same(cast: Cast) -> None:
    used, renewed, removed, overdue = (
        invite(cast, email)
        for email in (STRANGER, "b@nowhere.example", "c@nowhere.example", "d@nowhere.example")
    )
    redeem(cast, "stranger", used.token)
    renew_invitation(cast.enter("admin"), renewed.user.id)
    remove_user(cast.enter("admin"), removed.user.id)
    Invitation.rows.filter(pk=overdue.invitation.pk).update(expires_at=NOW)
    answers = set()
    for token in ("", "x", "\0", "x" * 100_000, used.token, renewed.token, removed.token, overdue.token):
        with pytest.raises(NotFound) as refused:
            find_invitation(token)
        answers.add(str(refused.value))
        with pytest.raises(NotFound):
            redeem(cast, "outsider", token)
    assert len(answers) == 1


def test_a_link_ends_after_its_time(cast: Cast) -> None:
    offer = invite(cast)
    with standing_at(NOW + INVITATION_LIFETIME - timedelta(seconds=1)):
        assert find_invitation(offer.token).id == offer.invitation.id
    with standing_at(NOW + INVITATION_LIFETIME), pytest.raises(NotFound):
        redeem(cast, "stranger", offer.token)


def test_another_account_cannot_use_the_link(cast: Cast) -> None:
    offer = invite(cast)
    with pytest.raises(Conflict, match="another address"):
        redeem(cast, "outsider", offer.token)
    redeem(cast, "stranger", offer.token)


def test_two_tabs_make_one_guest(cast: Cast) -> None:
    offer = invite(cast)
    redeem(cast, "stranger", offer.token)
    with pytest.raises(NotFound):
        redeem(cast, "stranger", offer.token)
    assert User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["stranger"]).count() == 1


def test_a_new_link_ends_the_one_before(cast: Cast) -> None:
    offer = invite(cast)
    again = renew_invitation(cast.enter("admin"), offer.user.id)
    with pytest.raises(NotFound):
        find_invitation(offer.token)
    assert redeem(cast, "stranger", again.token).id == offer.user.id
    with pytest.raises(Conflict, match="accepted"):
        renew_invitation(cast.enter("admin"), offer.user.id)


@pytest.mark.parametrize(
    "email", ["member@customer.example", "analyst@provider.example", "ADMIN@customer.example"]
)
def test_who_is_in_already_is_not_invited_again(cast: Cast, email: str) -> None:
    with pytest.raises(Conflict, match="already"):
        invite(cast, email)


def test_who_waits_already_is_not_invited_again(cast: Cast) -> None:
    invite(cast)
    with pytest.raises(Conflict, match="already"):
        invite(cast)


def test_two_tenants_may_invite_one_person(cast: Cast) -> None:
    mine = invite(cast)
    theirs = invite_guest(cast.enter("outsider", cast.other), email=STRANGER)
    assert redeem(cast, "stranger", mine.token).tenant_id == cast.customer.id
    assert redeem(cast, "stranger", theirs.token).tenant_id == cast.other.id


def test_coming_back_after_removal_is_a_new_object(cast: Cast) -> None:
    before = cast.user("helper")
    remove_user(cast.enter("admin"), before.id)
    after = join_as_guest(cast.enter("admin"), cast.accounts["helper"])
    assert after.id != before.id
    assert after.user_principal_name == before.user_principal_name


def test_accepting_does_not_unblock(cast: Cast) -> None:
    offer = invite(cast)
    block_user(cast.enter("admin"), offer.user.id)
    redeem(cast, "stranger", offer.token)
    with pytest.raises(NotFound):
        cast.enter("stranger")


@pytest.mark.parametrize(
    "email",
    [
        "", " ", "x", "@", "a@", "@b.example", "a@b", "a b@c.example", "a@b.example\0",
        "a@b.example\nBcc: c@d.example",
        "a@b..example", "<a@b.example>", "\ud800@b.example", "x" * 250 + "@b.example",
    ],
)  # fmt: skip
def test_a_bad_address_is_named(cast: Cast, email: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        invite(cast, email)
    assert list(refused.value.fields) == ["email"]


def test_an_address_whose_user_name_would_be_too_long_is_named(cast: Cast) -> None:
    email = f"{'x' * 64}@{'y' * 60}.{'z' * 60}.{'w' * 55}.example"
    long = create_account("boss@long.example", None, "Boss")
    domain = ".".join(["d" * 60] * 3) + ".example"
    tenant = create_tenant(cast.actor("stranger"), display_name="Long", administrator=long, domain=domain)
    scope = cast.enter("admin")
    invite_guest(scope, email=email)
    cast.accounts["long"] = long
    with pytest.raises(InvalidInput, match="email: is too long"):
        invite_guest(cast.enter("long", tenant), email=email)


def test_an_end_before_the_start_is_named(cast: Cast) -> None:
    scope, day = cast.enter("admin"), timedelta(days=1)
    for begin, end in ((None, NOW), (None, NOW - day), (NOW + day, NOW + day)):
        with pytest.raises(InvalidInput, match="ends_at"):
            invite_guest(scope, email=STRANGER, starts_at=begin, ends_at=end)


def test_there_is_no_end_only_for_a_reason_in_words(cast: Cast, settings: Settings) -> None:
    settings.LONGEST_ACCESS_DAYS = 100
    scope = cast.enter("admin")
    bounded = invite(cast).user
    endless = invite_guest(scope, email="board@nowhere.example", endless_reason="Agreed with the board").user
    assert (bounded.ends_at, endless.ends_at) == (NOW + days(100), None)
    with pytest.raises(InvalidInput) as refused:
        change_end(scope, bounded.id, ends_at=None, endless_reason=" ")
    assert list(refused.value.fields) == ["endless_reason"]
    assert change_end(scope, bounded.id, ends_at=None, endless_reason="So it was agreed").ends_at is None


def test_a_member_needs_an_address_of_a_verified_domain(cast: Cast) -> None:
    scope = cast.enter("admin")
    for email in ("new@other.example", "new@sub.customer.example", "new@[192.0.2.1]"):
        with pytest.raises(InvalidInput, match="email"):
            invite_member(scope, email=email, display_name="New")
    offer = invite_member(scope, email="new@customer.example", display_name="New")
    account = create_account("new@customer.example", None, "New")
    redeem_invitation(actor_of_account(account), account, offer.token)
    assert Account.objects.get(id=account.id).home_tenant_id == cast.customer.id


def test_who_lives_elsewhere_cannot_become_a_member(cast: Cast) -> None:
    account = create_account("new@customer.example", None, "New")
    create_tenant(actor_of_account(account), display_name="Own", administrator=account)
    offer = invite_member(cast.enter("admin"), email=account.email, display_name="New")
    stale = Account(id=account.id, email=account.email)
    with pytest.raises(Conflict, match="home"):
        redeem_invitation(actor_of_account(account), stale, offer.token)


def test_an_unknown_user_has_no_link_to_renew(cast: Cast) -> None:
    with pytest.raises(NotFound):
        renew_invitation(cast.enter("admin"), uuid.uuid4())
