"""Tokens for applications, beside a certified authorization server on the same machine, one process each.

On PostgreSQL the peer is asked twice: as it starts, with the one client that it has in memory, and looking
the client up in the same database for each token, as we do.
"""

import urllib.parse
from collections.abc import Iterator
from typing import Final

from tools.bench.cases.programs import FORM, GRAPH, token_request
from tools.bench.figures import Figure
from tools.bench.load import Address, Outcome, make_request, run_load
from tools.bench.servers import Installation, serve_peer

CLIENTS: Final = 32
"""So many that neither server ever has nothing to do."""
SECONDS: Final = 6.0
WARM_SECONDS: Final = 3.0
"""Before it counts: the peer's engine compiles what it runs often in the first second or two."""


def measure_tokens(installation: Installation, address: Address) -> Iterator[Figure]:
    """App-only tokens a second, signed with RS256."""
    ours = _measure(address, token_request(address, GRAPH))
    peers = {"App-only tokens, RS256": ("oidc-provider, its client in memory", dict[str, str]())}
    if installation.engine == "postgresql":
        settings = {"PEER_DATABASE_URL": installation.database}
        peers["App-only tokens, RS256, both asking PostgreSQL"] = ("oidc-provider", settings)
    for name, (what, settings) in peers.items():
        with serve_peer("oidc-provider", **settings) as peer:
            theirs = _measure(peer, _peer_request(peer))
        yield Figure(name, installation.engine, ours.per_second, "a second", theirs.per_second, f"of {what}")


def _measure(address: Address, request: bytes) -> Outcome:
    run_load(address, [request], clients=CLIENTS, seconds=WARM_SECONDS)
    return run_load(address, [request], clients=CLIENTS, seconds=SECONDS)


def _peer_request(address: Address) -> bytes:
    form = {
        "grant_type": "client_credentials",
        "client_id": "meter",
        "client_secret": "a-secret-for-measuring-only.0123456789",
        "resource": "https://graph.example",
        "scope": "read",
    }
    return make_request("POST", "/token", address, FORM, urllib.parse.urlencode(form))
