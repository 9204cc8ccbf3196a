"""Signing keys: made, rotated with overlap, published, sealed."""

from datetime import timedelta

import pytest
from cryptography import x509
from django.test import Client, override_settings

from tests.cast import NOW, Cast
from tidegate.core.clock import standing_at
from tidegate.oauth import keys
from tidegate.oauth.jobs import rotate_keys
from tidegate.oauth.models import SigningKey
from tidegate.oauth.tokens import Version, sign, verify


@pytest.fixture(autouse=True)
def _standing(db: None, now: None) -> None:
    keys.forget_kept_keys()


def _sign_at(moment: object) -> str:
    keys.forget_kept_keys()
    with standing_at(moment):  # type: ignore[arg-type]
        return sign({"iss": "x"}, Version.V2)


def test_first_key_is_made_when_it_is_needed() -> None:
    assert verify(sign({"iss": "x"}, Version.V2)) == {"iss": "x"}
    assert SigningKey.objects.count() == 1


def test_next_key_is_published_two_days_before_it_signs() -> None:
    sign({}, Version.V2)
    end = SigningKey.objects.get().retires_at

    with standing_at(end - keys.PUBLISHED_BEFORE - timedelta(seconds=1)):
        assert not rotate_keys()
    with standing_at(end - keys.PUBLISHED_BEFORE):
        assert rotate_keys()
        assert not rotate_keys()
        assert len(keys.published_keys()) == 2
    _old, new = SigningKey.objects.order_by("signs_from")
    assert new.signs_from == end


def test_token_of_the_old_key_is_read_until_it_has_ended() -> None:
    token = _sign_at(NOW)
    end = SigningKey.objects.get().retires_at
    last = _sign_at(end - timedelta(seconds=1))
    with standing_at(end - timedelta(days=1)):
        rotate_keys()
    first_of_next = _sign_at(end)

    with standing_at(end + timedelta(hours=2)):
        rotate_keys()
        keys.forget_kept_keys()
        assert verify(last) == verify(token) == verify(first_of_next)
        assert len(keys.published_keys()) == 2
    with standing_at(end + keys.PUBLISHED_AFTER + timedelta(seconds=1)):
        assert len(SigningKey.objects.all()) == 2
        rotate_keys()
    with standing_at(end + keys.SIGNS_FOR - keys.PUBLISHED_BEFORE):
        rotate_keys()
        assert SigningKey.objects.filter(retires_at=end).count() == 0


def test_clock_that_was_set_back_still_finds_a_key() -> None:
    sign({}, Version.V2)

    assert _sign_at(NOW - timedelta(hours=1))
    assert SigningKey.objects.count() == 1


def test_key_is_sealed_and_what_is_published_is_public() -> None:
    sign({}, Version.V2)
    row = SigningKey.objects.get()

    assert '"d"' not in row.private_key
    assert set(keys.published_keys()[0]) == {"kty", "n", "e", "use", "alg", "kid", "x5t", "x5c"}


def test_certificate_holds_the_key() -> None:
    sign({}, Version.V2)
    published = keys.published_keys()[0]
    pem = f"-----BEGIN CERTIFICATE-----\n{published['x5c'][0]}\n-----END CERTIFICATE-----\n"

    key = x509.load_pem_x509_certificate(pem.encode()).public_key()

    own = keys.find_public_key(published["kid"])
    assert own is not None
    assert key == own.public_key


def test_lost_installation_key_makes_a_new_signing_key() -> None:
    token = sign({"iss": "x"}, Version.V2)
    keys.forget_kept_keys()
    with override_settings(SECRET_KEY="another key of the installation, which unseals nothing of before"):
        assert verify(sign({"iss": "y"}, Version.V2)) == {"iss": "y"}
        assert verify(token) == {"iss": "x"}
        assert SigningKey.objects.count() == 2
    keys.forget_kept_keys()


def test_keys_are_published_for_every_place(cast: Cast, client: Client) -> None:
    places = ("common", "organizations", str(cast.customer.id), "customer.example")

    for place in places:
        for path in ("discovery/keys", "discovery/v2.0/keys"):
            assert client.get(f"/{place}/{path}").json() == {"keys": keys.published_keys()}
