"""How quick this machine is by itself: what figures of different runs are to be compared by."""

import time
from collections.abc import Iterator
from typing import Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from tools.bench.figures import Figure
from tools.bench.load import Address
from tools.bench.servers import Installation

_SECONDS: Final = 1.0


def measure_machine(installation: Installation, _address: Address) -> Iterator[Figure]:
    """Signatures of one core: nothing of ours, and nothing but computing."""
    key = generate_private_key(65537, 2048)
    made, begun = 0, time.perf_counter()
    while time.perf_counter() < begun + _SECONDS:
        key.sign(b"measured", PKCS1v15(), SHA256())
        made += 1
    rate = made / (time.perf_counter() - begun)
    yield Figure("RSA-2048 signatures, one core of this machine", installation.engine, rate, "a second")
