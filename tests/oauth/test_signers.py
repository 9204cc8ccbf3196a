import asyncio
import threading
import time
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


def test_loop_is_called_once_for_all_that_was_signed_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    signers = Signers(2)
    calls: list[Any] = []

    async def sign() -> list[bytes]:
        loop = asyncio.get_running_loop()
        call = loop.call_soon_threadsafe

        def count(*told: Any) -> None:
            calls.append(told)
            call(*told)

        monkeypatch.setattr(loop, "call_soon_threadsafe", count)
        waiting = [asyncio.create_task(signers.sign(Draft(b"x", KEY))) for _ in range(5)]
        await asyncio.sleep(0)
        # The loop is busy until all lie there.
        desk: Any = signers._desk
        ends = time.monotonic() + 10
        while len(desk._made) < len(waiting) and time.monotonic() < ends:
            time.sleep(0.001)  # noqa: ASYNC251  busy is what it is to be
        signed = await asyncio.gather(*waiting)
        # What comes later is told of anew.
        return [*signed, await signers.sign(Draft(b"x", KEY))]

    assert [len(signature) for signature in asyncio.run(sign())] == [256] * 6
    assert len(calls) == 2


def test_signatures_reach_the_loop_that_asks_now() -> None:
    signers = Signers(1)

    assert [len(asyncio.run(signers.sign(Draft(b"x", KEY)))) for _ in range(2)] == [256, 256]
