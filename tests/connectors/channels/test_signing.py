"""Signatures of webhooks, against the example that Standard Webhooks publishes with its libraries."""

import pytest

from tidegate.connectors.channels.webhook.signing import check_secret, make_secret, sign
from tidegate.core.errors import InvalidInput

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_published_example_has_the_published_signature() -> None:
    signed = sign([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_make_two_signatures_the_newest_first() -> None:
    new = make_secret()
    both = sign([new, SECRET], "msg_1", 1, b"{}")
    assert both.split(" ") == [sign([new], "msg_1", 1, b"{}"), sign([SECRET], "msg_1", 1, b"{}")]


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_short", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_é"]
)
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(InvalidInput):
        check_secret(secret, "secret")
