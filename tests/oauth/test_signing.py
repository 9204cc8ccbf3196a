import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey

from tidegate.oauth.signing import encode_header, serialize

KEY = generate_private_key(65537, 2048)
texts = st.text(max_size=40)


@given(
    kid=texts,
    claims=st.dictionaries(texts, st.integers(-(2**53), 2**53) | texts | st.lists(texts), max_size=8),
)
@settings(deadline=None, max_examples=50)
def test_compact_form_is_read_by_a_library(kid: str, claims: dict[str, Any]) -> None:
    text = serialize(encode_header({"alg": "RS256", "kid": kid}), claims, KEY)
    read = jws.deserialize_compact(text, RSAKey.import_key(KEY.public_key()), algorithms=["RS256"])
    assert read.headers() == {"alg": "RS256", "kid": kid}
    assert json.loads(read.payload) == claims
