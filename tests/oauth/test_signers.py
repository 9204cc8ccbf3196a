import asyncio
import threading
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from tidegate.oauth.signers import Signers
from tidegate.oauth.signing import Draft

KEY = generate_private_key(65537, 2048)


def test_signatures_are_made_beside_the_loop_and_each_reaches_who_asked() -> None:
    drafts = [Draft(b"%d" % number, KEY) for number in range(20)]
    signers = Signers(2)

    async def sign() -> list[bytes]:
        return await asyncio.gather(*map(signers.sign, drafts))

    for draft, signature in zip(drafts, asyncio.run(sign()), strict=True):
        KEY.public_key().verify(signature, draft.told, PKCS1v15(), SHA256())


def test_fault_is_raised_where_the_signature_was_asked_for() -> None:
    broken: Any = Draft(b"x", None)  # type: ignore[arg-type]
    signers = Signers(1)

    async def sign() -> bytes:
        with pytest.raises(AttributeError):
            await signers.sign(broken)
        return await signers.sign(Draft(b"x", KEY))

    assert len(asyncio.run(sign())) == 256


def test_nobody_waits_any_more() -> None:
    go, begun = threading.Event(), threading.Event()

    class Slow:
        def sign(self, *_: object) -> bytes:
            begun.set()
            go.wait(10)
            return b"late"

    signers = Signers(1)

    async def give_up() -> bytes:
        waiting = asyncio.create_task(signers.sign(Draft(b"x", Slow())))  # type: ignore[arg-type]
        await asyncio.to_thread(begun.wait, 10)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        go.set()
        return await signers.sign(Draft(b"x", KEY))

    assert len(asyncio.run(give_up())) == 256
