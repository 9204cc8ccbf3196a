import json
import sys
import threading
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey

from tidegate.oauth.signing import draft, encode_header

KEY = generate_private_key(65537, 2048)
texts = st.text(max_size=40)


@given(
    kid=texts,
    claims=st.dictionaries(texts, st.integers(-(2**53), 2**53) | texts | st.lists(texts), max_size=8),
)
@settings(deadline=None, max_examples=50)
def test_compact_form_is_read_by_a_library(kid: str, claims: dict[str, Any]) -> None:
    drafted = draft(encode_header({"alg": "RS256", "kid": kid}), claims, KEY)
    text = drafted.finish(drafted.sign())
    read = jws.deserialize_compact(text, RSAKey.import_key(KEY.public_key()), algorithms=["RS256"])
    assert read.headers() == {"alg": "RS256", "kid": kid}
    assert json.loads(read.payload) == claims


def test_other_threads_go_on_while_it_signs() -> None:
    go, ran = threading.Event(), threading.Event()

    def run() -> None:
        go.wait()
        ran.set()

    waiting = threading.Thread(target=run)
    waiting.start()
    interval = sys.getswitchinterval()
    # Nobody is made to hand Python's lock on now: the other thread runs only while this one signs.
    sys.setswitchinterval(60)
    try:
        go.set()
        ends = time.monotonic() + 10
        while not ran.is_set() and time.monotonic() < ends:
            draft(b"e30", {}, KEY).sign()
        assert ran.is_set()
    finally:
        sys.setswitchinterval(interval)
        waiting.join()
