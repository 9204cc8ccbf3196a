"""Applications that prove themselves with a key: their own, or another issuer's (RFC 7523)."""

import base64
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.applications import Program, let_in, make_program, operator_of
from tests.cast import Cast
from tests.oauth.asking import claims_of, code_of, post, token_path
from tests.oauth.certificates import make_assertion, make_pem, make_private
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.clock import standing_at
from tidegate.core.outbound import Answer, OutboundFailed
from tidegate.directory.actions.credentials import add_certificate, add_federated_credential
from tidegate.directory.models import Credential
from tidegate.oauth import foreign_keys
from tidegate.oauth.models import UsedAssertion

BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ISSUER = "https://tokens.build.example"
SUBJECT = "repo:harbour/siem:ref:refs/heads/main"
PUBLIC = "api://AzureADTokenExchange"


@pytest.fixture
def program(cast: Cast) -> Program:
    program = make_program(cast)
    let_in(program, cast.customer)
    return program


def _give(cast: Cast, program: Program, name: str = "own", **options: Any) -> Credential:
    scope = operator_of(cast.provider, *Permission)
    return add_certificate(scope, program.application.id, pem=make_pem(make_private(name)), **options)


def _send(cast: Cast, program: Program, assertion: str, client: Client | None = None, **changes: str) -> Any:
    values = {
        "grant_type": "client_credentials",
        "client_id": str(program.application.client_id),
        "client_assertion_type": BEARER,
        "client_assertion": assertion,
        "scope": "https://graph.microsoft.com/.default",
        **changes,
    }
    kept = {name: value for name, value in values.items() if value}
    return post(client or Client(), token_path(cast.customer), **kept)


def _endpoint(cast: Cast) -> str:
    return f"http://testserver{token_path(cast.customer)}"


def _assertion(cast: Cast, program: Program, name: str = "own", **changes: Any) -> str:
    values = {"client_id": str(program.application.client_id), "audience": _endpoint(cast), **changes}
    return make_assertion(make_private(name), **values)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("own", {"alg": "RS256", "x5t": "{x5t}"}),
        ("own", {"alg": "RS256", "x5t": "{x5t}="}),
        ("own", {"alg": "PS256", "x5t#S256": "{x5t_s256}"}),
        ("own", {"alg": "RS256", "kid": "of its own"}),
        ("own", {"alg": "RS256", "x5t": "{x5t}", "x5c": ["A" * 4000]}),
        ("ec own", {"alg": "ES256", "x5t#S256": "{x5t_s256}"}),
    ],
)
def test_certificate_proves_the_application(
    cast: Cast, program: Program, name: str, header: dict[str, Any]
) -> None:
    credential = _give(cast, program, name)
    prints = {"x5t": credential.x5t, "x5t_s256": credential.x5t_s256}
    written = {
        key: value.format(**prints) if isinstance(value, str) else value for key, value in header.items()
    }

    answer = _send(cast, program, _assertion(cast, program, name, header=written))

    assert answer.status_code == 200, answer.content
    assert claims_of(answer.json()["access_token"])["azpacr"] == "2"


def test_client_id_may_be_left_to_the_assertion(cast: Cast, program: Program) -> None:
    _give(cast, program)

    assert _send(cast, program, _assertion(cast, program), client_id="").status_code == 200


@pytest.mark.parametrize("audience", ["{base}/oauth2/token", "{base}/v2.0", "{base}/", ["x", "{base}/v2.0"]])
def test_every_name_of_the_tenants_issuer_is_an_audience(cast: Cast, program: Program, audience: Any) -> None:
    _give(cast, program)
    base = f"http://testserver/{cast.customer.id}"
    named = (
        audience.format(base=base)
        if isinstance(audience, str)
        else [one.format(base=base) for one in audience]
    )

    assert _send(cast, program, _assertion(cast, program, audience=named)).status_code == 200


def _other_tenant(cast: Cast) -> str:
    return f"http://testserver{token_path(cast.other)}"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"audience": "https://login.elsewhere.example/token"}, 700027),
        ({"audience": None}, 700027),
        ({"exp": 0}, 700024),
        ({"exp": None}, 700024),
        ({"exp": "soon"}, 700024),
        ({"exp": True}, 700024),
        ({"exp": 10**15}, 700024),
        ({"nbf": 10**10}, 700024),
        ({"sub": "2e9d3a4c-0000-4000-8000-000000000000"}, 700021),
        ({"iss": "https://elsewhere.example"}, 700211),
        ({"iss": None}, 700211),
        ({"name": "another"}, 700027),
        ({"header": {"x5t": "AAAA"}}, 700027),
        ({"header": {"x5t#S256": "AAAA"}}, 700027),
    ],
)
def test_assertion_that_is_not_right_proves_nothing(
    cast: Cast, program: Program, changes: dict[str, Any], code: int
) -> None:
    _give(cast, program)

    answer = _send(cast, program, _assertion(cast, program, **changes))

    assert (answer.status_code, answer.json()["error"], code_of(answer)) == (401, "invalid_client", code)


def test_assertion_longer_than_a_day_is_refused(cast: Cast, program: Program) -> None:
    _give(cast, program)
    assertion = _assertion(cast, program, exp=time.time() + 90_000)

    assert code_of(_send(cast, program, assertion)) == 700024


def test_assertion_for_another_tenant_is_refused(cast: Cast, program: Program) -> None:
    _give(cast, program)

    assert code_of(_send(cast, program, _assertion(cast, program, audience=_other_tenant(cast)))) == 700027


@pytest.mark.parametrize("text", ["a.b.c", "x", "a" * 40_000, "é.é.é", "e30.e30.", "..", "e30.W10.e30"])
def test_text_that_is_no_token_is_refused(cast: Cast, program: Program, text: str) -> None:
    assert code_of(_send(cast, program, text)) == 700027


def test_algorithms_are_an_allow_list(cast: Cast, program: Program) -> None:
    credential = _give(cast, program)
    client_id = str(program.application.client_id)
    claims = {"iss": client_id, "sub": client_id, "aud": _endpoint(cast), "exp": time.time() + 60}
    unsigned = ".".join(
        base64.urlsafe_b64encode(msgspec.json.encode(part)).decode().rstrip("=")
        for part in ({"alg": "none"}, claims)
    )
    shared = OctKey.import_key(credential.certificate.encode().hex())
    forged = [
        f"{unsigned}.",
        jwt.encode({"alg": "HS256"}, claims, shared, algorithms=["HS256"]),
        jwt.encode({"alg": "RS384"}, claims, RSAKey.import_key(make_private("own")), algorithms=["RS384"]),  # type: ignore[arg-type]
    ]

    assert [code_of(_send(cast, program, text)) for text in forged] == [700027] * 3


def test_certificate_that_ended_or_was_removed_proves_nothing(cast: Cast, program: Program) -> None:
    credential = _give(cast, program, ends_at=clock.now() + timedelta(days=30))
    end = credential.ends_at
    assert end is not None
    rows = Credential.objects.of_tenant(cast.provider.id)
    with standing_at(end):
        late = _assertion(cast, program, exp=end.timestamp() + 60, iat=None)
        assert code_of(_send(cast, program, late)) == 700027
    rows.update(removed_at=clock.now())

    assert code_of(_send(cast, program, _assertion(cast, program))) == 700027


def test_secret_of_another_kind_does_not_help(cast: Cast, program: Program) -> None:
    answer = _send(cast, program, _assertion(cast, program), client_assertion_type="something else")

    assert code_of(answer) == 9002313


def test_assertion_is_bound_to_the_network_it_came_from(cast: Cast, program: Program) -> None:
    _give(cast, program)
    assertion = _assertion(cast, program)
    senders = [Client(REMOTE_ADDR=address) for address in ("192.0.2.7", "192.0.2.8", "198.51.100.1")]

    answers = [_send(cast, program, assertion, sender).status_code for sender in senders]

    # Microsoft's libraries send the same one again for minutes, and from whichever machine of a pool.
    assert answers == [200, 200, 401]
    assert UsedAssertion.objects.of_tenant(cast.provider.id).count() == 1


def test_assertion_without_an_id_is_known_by_its_text(cast: Cast, program: Program) -> None:
    _give(cast, program)
    assertion = _assertion(cast, program, jti=None)

    first = _send(cast, program, assertion, Client(REMOTE_ADDR="192.0.2.7"))
    second = _send(cast, program, assertion, Client(REMOTE_ADDR="198.51.100.1"))

    assert (first.status_code, second.status_code) == (200, 401)


class Issuer:
    """Another issuer: its metadata and keys, and how often it was asked."""

    def __init__(self) -> None:
        key = RSAKey.import_key(make_private("issuer"), {"kid": "k1"})  # type: ignore[arg-type]
        self.documents: dict[str, Any] = {
            f"{ISSUER}/.well-known/openid-configuration": {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/keys"},
            f"{ISSUER}/keys": {"keys": [{"kty": "oct", "k": "AAAA"}, key.as_dict(private=False)]},
        }
        self.asked: list[str] = []

    def send(self, method: str, url: str, **_options: object) -> Answer:
        self.asked.append(url)
        if url not in self.documents:
            raise OutboundFailed("not there")
        return Answer(200, "application/json", msgspec.json.encode(self.documents[url]))


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Issuer]:
    issuer = Issuer()
    monkeypatch.setattr(foreign_keys, "send", issuer.send)
    yield issuer
    foreign_keys.forget_foreign_keys()


@pytest.fixture
def federated(cast: Cast, program: Program) -> Program:
    scope = operator_of(cast.provider, *Permission)
    add_federated_credential(scope, program.application.id, issuer=ISSUER, subject=SUBJECT)
    return program


def _foreign(name: str = "issuer", **changes: Any) -> str:
    values = {"iss": ISSUER, "sub": SUBJECT, "header": {"kid": "k1"}, **changes}
    audience = values.pop("audience", PUBLIC)
    return make_assertion(make_private(name), "unused", audience, **values)


def test_token_of_another_issuer_proves_the_application(
    cast: Cast, federated: Program, issuer: Issuer
) -> None:
    answers = [_send(cast, federated, _foreign()) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert issuer.asked == [f"{ISSUER}/.well-known/openid-configuration", f"{ISSUER}/keys"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iss": f"{ISSUER}/"}, 700211),
        ({"iss": "https://evil.example"}, 700211),
        ({"sub": f"{SUBJECT}x"}, 700213),
        ({"sub": None}, 700213),
        ({"audience": "api://another"}, 700212),
        ({"audience": None}, 700212),
        ({"name": "somebody else"}, 700027),
        ({"header": {"kid": "k2"}}, 700027),
        ({"exp": 0}, 700024),
    ],
)
def test_token_of_another_issuer_must_be_exactly_the_one(
    cast: Cast, federated: Program, issuer: Issuer, changes: dict[str, Any], code: int
) -> None:
    answer = _send(cast, federated, _foreign(**changes))

    assert (answer.status_code, code_of(answer)) == (401, code)


def test_issuer_is_asked_only_where_a_credential_names_it(
    cast: Cast, program: Program, issuer: Issuer
) -> None:
    assert code_of(_send(cast, program, _foreign())) == 700211
    assert issuer.asked == []


@pytest.mark.parametrize(
    "document",
    [{"issuer": "https://evil.example", "jwks_uri": f"{ISSUER}/keys"}, {"issuer": ISSUER}, [], "x", None],
)
def test_issuer_whose_metadata_is_wrong_proves_nothing(
    cast: Cast, federated: Program, issuer: Issuer, document: Any
) -> None:
    issuer.documents[f"{ISSUER}/.well-known/openid-configuration"] = document

    assert code_of(_send(cast, federated, _foreign())) == 700027


def test_issuer_that_does_not_answer_is_left_alone_for_a_while(
    cast: Cast, federated: Program, issuer: Issuer
) -> None:
    issuer.documents.clear()

    answers = [code_of(_send(cast, federated, _foreign())) for _ in range(3)]

    assert answers == [700027] * 3
    assert len(issuer.asked) == 1


def test_slow_issuers_hold_up_no_more_than_two(cast: Cast, federated: Program, issuer: Issuer) -> None:
    with foreign_keys._asking, foreign_keys._asking:
        busy = _send(cast, federated, _foreign())

    assert (busy.status_code, busy.json()["error"]) == (503, "temporarily_unavailable")
    assert issuer.asked == []
    assert _send(cast, federated, _foreign()).status_code == 200


def test_new_key_of_the_issuer_is_found_after_a_while(
    cast: Cast, federated: Program, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _send(cast, federated, _foreign()).status_code == 200
    key = RSAKey.import_key(make_private("next"), {"kid": "k2"})  # type: ignore[arg-type]
    issuer.documents[f"{ISSUER}/keys"] = {"keys": [key.as_dict(private=False)]}
    signed: dict[str, Any] = {"name": "next", "header": {"kid": "k2"}}

    assert code_of(_send(cast, federated, _foreign(**signed))) == 700027
    monkeypatch.setattr(foreign_keys, "_ASKED_AGAIN_AFTER", 0.0)
    assert _send(cast, federated, _foreign(**signed)).status_code == 200
