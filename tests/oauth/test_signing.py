import threading
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey

from tidegate.oauth import signing
from tidegate.oauth.signing import Signer, make_signer, serialize

KEY = generate_private_key(65537, 2048)
LONGER = generate_private_key(65537, 3072)
SIGNERS = {"without the lock": make_signer(KEY), "with the lock": signing._WithLock(KEY)}

each_signer = pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)


@pytest.mark.parametrize("key", [KEY, LONGER], ids=["2048", "3072"])
@given(data=st.binary(max_size=3000))
@settings(deadline=None)
def test_signatures_are_those_of_the_standard(key: RSAPrivateKey, data: bytes) -> None:
    assert make_signer(key).sign(data) == key.sign(data, PKCS1v15(), SHA256())


@each_signer
def test_compact_form_is_read_by_a_library(signer: Signer) -> None:
    text = serialize({"alg": "RS256", "kid": "ä"}, {"sub": "someone", "n": 7}, signer)
    read = jws.deserialize_compact(text, RSAKey.import_key(KEY.public_key()), algorithms=["RS256"])
    assert read.headers() == {"alg": "RS256", "kid": "ä"}
    assert read.payload == b'{"sub":"someone","n":7}'


def test_threads_share_a_key() -> None:
    signer = make_signer(KEY)
    wrong: list[bytes] = []
    expected = {bytes([n]): KEY.sign(bytes([n]), PKCS1v15(), SHA256()) for n in range(8)}

    def sign_often(data: bytes) -> None:
        wrong.extend(data for _ in range(50) if signer.sign(data) != expected[data])

    threads = [threading.Thread(target=sign_often, args=(data,)) for data in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def _fail_to_load(_: str) -> object:
    raise OSError


def _load_nothing(_: str) -> object:
    return object()


@pytest.mark.parametrize("load", [_fail_to_load, _load_nothing])
def test_where_openssl_cannot_be_reached_the_library_signs(
    monkeypatch: pytest.MonkeyPatch, load: Callable[[str], object]
) -> None:
    monkeypatch.setattr("ctypes.CDLL", load)
    assert signing._find_openssl() is None
    monkeypatch.setattr(signing, "_openssl", None)
    assert make_signer(KEY).sign(b"x") == KEY.sign(b"x", PKCS1v15(), SHA256())


@pytest.mark.skipif(signing._openssl is None, reason="This Python keeps its OpenSSL to itself.")
def test_fault_of_openssl_is_raised_and_signs_nothing() -> None:
    signer = make_signer(KEY)
    assert isinstance(signer, signing._WithoutLock)
    signer._size = 100  # less than a signature needs
    with pytest.raises(RuntimeError, match="could not be used"):
        signer.sign(b"x")
