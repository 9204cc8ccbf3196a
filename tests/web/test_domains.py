"""Domains: claimed, proven, made the default, given up."""

from collections.abc import Callable

import pytest

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of
from tidegate.directory.models import Domain

type Visit = Callable[..., Visitor]


@pytest.fixture
def claim(visit: Visit, cast: Cast) -> Domain:
    visit("admin").post("/domains/add", {"domain": "New.Customer.Example"})
    return Domain.objects.get(tenant=cast.customer, name="new.customer.example")


def test_claim_shows_its_record_to_administrators_only(visit: Visit, claim: Domain) -> None:
    page = visit("admin").get("/domains")
    assert claim.verification_code in page.content.decode()
    assert "Create a TXT record on new.customer.example with this text, then verify:" in text_of(page)
    for name in ("member", "analyst"):
        assert "new.customer.example" not in visit(name).get("/domains").content.decode()


def test_domain_is_verified_by_its_record(
    visit: Visit, claim: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, texts = visit("admin"), list[str]()
    monkeypatch.setattr("dns.resolver.resolve", lambda *_args, **_options: [_Answer(text) for text in texts])
    address = f"/domains/{claim.id}/verify"
    page = admin.client.post(address, query_params={"tid": admin.tid}, follow=True)
    assert "The TXT record was not found yet." in page.content.decode()
    texts.append(claim.verification_code)
    admin.post(address)
    assert Domain.objects.get(id=claim.id).verified_at is not None
    admin.post(f"/domains/{claim.id}/default")
    assert Domain.objects.get(id=claim.id).is_default is True


class _Answer:
    """A TXT record as the resolver gives it."""

    def __init__(self, text: str) -> None:
        self.strings = (text.encode(),)


def test_claim_cannot_be_the_default_and_can_be_given_up(visit: Visit, claim: Domain) -> None:
    admin = visit("admin")
    admin.post(f"/domains/{claim.id}/default")
    assert Domain.objects.get(id=claim.id).is_default is False
    admin.post(f"/domains/{claim.id}/remove")
    assert not Domain.objects.filter(id=claim.id).exists()


def test_bad_domain_is_named_and_kept(visit: Visit) -> None:
    response = visit("admin").post("/domains/add", {"domain": "<b>no domain"})
    assert response.status_code == 400
    assert "Domain: must be a domain name like organization.example" in text_of(response)
    assert 'value="&lt;b&gt;no domain"' in response.content.decode()


def test_default_cannot_be_removed(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    domain = Domain.objects.get(tenant=cast.customer)
    address = f"/domains/{domain.id}/remove"
    assert "Remove from Delta Mills" in text_of(admin.get(address))
    page = admin.client.post(address, query_params={"tid": admin.tid}, follow=True)
    assert "The default domain cannot be removed." in page.content.decode()
    assert Domain.objects.filter(id=domain.id).exists()
