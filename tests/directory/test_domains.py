"""Claims on domains: anybody may claim, one can prove."""

import threading
from functools import partial

import pytest
from django.db import connection

from tests.cast import Cast, make_cast
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.directory.actions import domains
from tidegate.directory.actions.domains import (
    add_domain,
    confirm_domain,
    make_domain_default,
    remove_domain,
    verify_domain,
)
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.models import Domain


def answer(texts: list[str], name: str) -> list[str]:
    return texts


def test_a_claim_is_verified_by_its_own_code_alone(cast: Cast, now: None) -> None:
    scope = cast.enter("admin")
    claim = add_domain(scope, "Mills.Example.")
    assert (claim.name, claim.verified_at) == ("mills.example", None)
    for texts in ([], ["v=spf1"], [claim.verification_code[:-1]], [f" {claim.verification_code}"], [""]):
        with pytest.raises(Conflict, match="not found yet"):
            verify_domain(scope, claim.id, find=partial(answer, texts))
    asked: list[str] = []

    def find(name: str) -> list[str]:
        asked.append(name)
        return ["v=spf1", claim.verification_code]

    assert verify_domain(scope, claim.id, find=find).verified_at is not None
    assert asked == ["mills.example"]


def test_two_tenants_claim_and_one_proves(cast: Cast, now: None) -> None:
    mine, theirs = cast.enter("admin"), cast.enter("outsider", cast.other)
    claims = [add_domain(scope, "shared.example") for scope in (mine, theirs)]
    assert claims[0].verification_code != claims[1].verification_code
    verify_domain(theirs, claims[1].id, find=lambda _: [claims[1].verification_code])
    with pytest.raises(Conflict, match="another tenant"):
        verify_domain(mine, claims[0].id, find=lambda _: [claims[0].verification_code])
    assert Domain.objects.get(id=claims[0].id).verified_at is None


def test_a_claim_of_another_tenant_is_not_confirmed(cast: Cast, now: None) -> None:
    claim = add_domain(cast.enter("admin"), "mills.example")
    with pytest.raises(NotFound):
        confirm_domain(cast.enter("outsider", cast.other), claim)
    assert Domain.objects.get(id=claim.id).verified_at is None


def test_a_claim_given_up_while_name_servers_are_asked_is_gone(cast: Cast, now: None) -> None:
    scope = cast.enter("admin")
    claim = add_domain(scope, "mills.example")

    def find(_: str) -> list[str]:
        remove_domain(scope, claim.id)
        return [claim.verification_code]

    with pytest.raises(NotFound):
        verify_domain(scope, claim.id, find=find)


def test_the_default_moves_and_names_new_guests(cast: Cast, now: None) -> None:
    scope = cast.enter("admin")
    claim = add_domain(scope, "mills.example")
    with pytest.raises(Conflict, match="verified"):
        make_domain_default(scope, claim.id)
    confirm_domain(scope, claim)
    make_domain_default(scope, claim.id)
    assert Domain.objects.filter(tenant=cast.customer, is_default=True).count() == 1
    guest = invite_guest(scope, email="new@nowhere.example").user
    assert guest.user_principal_name == "new_nowhere.example#EXT#@mills.example"


def test_a_domain_in_use_stays(cast: Cast, now: None) -> None:
    scope = cast.enter("admin")
    first = Domain.objects.get(tenant=cast.customer)
    with pytest.raises(Conflict, match="default"):
        remove_domain(scope, first.id)
    claim = confirm_domain(scope, add_domain(scope, "mills.example"))
    make_domain_default(scope, claim.id)
    with pytest.raises(Conflict, match="names"):
        remove_domain(scope, first.id)


def test_a_name_is_claimed_once_by_one_tenant(cast: Cast, now: None) -> None:
    scope = cast.enter("admin")
    with pytest.raises(Conflict, match="already"):
        add_domain(scope, "CUSTOMER.example")


def test_a_tenant_claims_no_more_than_so_many(cast: Cast, now: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domains, "DOMAINS_AT_MOST", 2)
    scope = cast.enter("admin")
    add_domain(scope, "a.example")
    with pytest.raises(Conflict, match="at most"):
        add_domain(scope, "b.example")


@pytest.mark.parametrize(
    "name", ["", "x", "a b.example", "-a.example", "1.2.3.4", "a.example/x", "*.example", "\0.example"]
)
def test_a_bad_name_is_named(cast: Cast, now: None, name: str) -> None:
    with pytest.raises(InvalidInput, match="domain"):
        add_domain(cast.enter("admin"), name)


def test_a_name_beyond_ascii_is_kept_as_dns_knows_it(cast: Cast, now: None) -> None:
    assert add_domain(cast.enter("admin"), "Mühle.example").name == "xn--mhle-0ra.example"


@pytest.mark.django_db(transaction=True)
def test_two_who_prove_at_once_do_not_both_get_it() -> None:
    cast = make_cast()
    scopes = [cast.enter("boss", cast.provider), cast.enter("outsider", cast.other)]
    claims = [add_domain(scope, "shared.example") for scope in scopes]
    begin, results = threading.Barrier(2), []

    def work(number: int) -> None:
        try:
            begin.wait(10)
            confirm_domain(scopes[number], claims[number])
            results.append("verified")
        except Conflict:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["refused", "verified"]
