"""Access tokens: what is in them, and what is taken for one."""

import base64
import json
from typing import Any

import pytest
from django.test import RequestFactory
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.applications import ORIGIN, Program, let_in, make_program
from tests.cast import NOW, Cast, days
from tests.oauth.asking import claims_of
from tidegate.authorization.api_permissions import Resource
from tidegate.core.clock import standing_at
from tidegate.directory.applications import find_principal
from tidegate.oauth import keys
from tidegate.oauth.bearer import authenticate, read_token
from tidegate.oauth.errors import TokenRefused
from tidegate.oauth.id_tokens import SignedIn, make_id_token
from tidegate.oauth.tokens import Version, read_access_token, sign


@pytest.fixture
def program(cast: Cast) -> Program:
    program = make_program(cast)
    let_in(program, cast.customer)
    return program


def test_what_was_said_is_read_again(cast: Cast, program: Program) -> None:
    read = read_access_token(program.token(cast.customer, Resource.SIEM, "Alerts.Fetch.All"))

    claim = read.claim
    assert (claim.tenant_id, claim.client_id) == (cast.customer.id, program.application.client_id)
    assert claim.object_id is None
    assert set(claim.values) == {"Alerts.Fetch.All"}
    assert read.resources == {Resource.SIEM}


def test_guest_has_another_subject_and_their_home_in_it(cast: Cast, program: Program) -> None:
    guest, member = cast.user("analyst"), cast.user("member")

    of_guest = claims_of(program.token(cast.customer, Resource.GRAPH, "User.Read", user=guest))
    of_member = claims_of(program.token(cast.customer, Resource.GRAPH, "User.Read", user=member))

    assert (of_guest["acct"], of_guest["idp"]) == (1, f"{ORIGIN}/{cast.provider.id}/")
    assert (of_guest["scp"], of_guest["oid"], of_guest["idtyp"]) == ("User.Read", str(guest.id), "user")
    assert (of_member["acct"], "idp" in of_member) == (0, False)
    assert len({of_guest["sub"], of_guest["oid"], of_member["sub"], of_member["oid"]}) == 4


def test_subject_is_another_one_for_each_application(cast: Cast, program: Program) -> None:
    second = make_program(cast)
    let_in(second, cast.customer)
    user = cast.user("member")

    subjects = [
        claims_of(each.token(cast.customer, Resource.GRAPH, user=user))["sub"] for each in (program, second)
    ]

    assert subjects[0] != subjects[1]


@pytest.mark.parametrize("name", ["iss", "aud", "tid", "azp", "idtyp"])
def test_token_with_a_claim_of_another_kind_is_refused(cast: Cast, program: Program, name: str) -> None:
    claims = claims_of(program.token(cast.customer, Resource.GRAPH, "User.Read.All"))
    changed = {**claims, name: "https://elsewhere.example"}

    with pytest.raises(TokenRefused):
        read_access_token(sign(changed, Version.V2))


def test_own_address_as_audience_stands_for_every_api(cast: Cast, program: Program) -> None:
    read = read_access_token(program.token(cast.customer, None, "Alerts.Fetch.All"))

    assert read.resources == set(Resource)


def test_id_token_opens_nothing(cast: Cast, program: Program) -> None:
    principal = find_principal(cast.customer.id, program.application.client_id)
    assert principal is not None
    signed_in = SignedIn(cast.user("member"), NOW)
    token = make_id_token(ORIGIN, Version.V2, principal, signed_in, frozenset({"openid", "profile"}))

    with pytest.raises(TokenRefused):
        read_access_token(token)


def test_token_holds_up_to_its_end_and_not_at_it(cast: Cast, program: Program) -> None:
    with standing_at(NOW):
        token = program.token(cast.customer, Resource.GRAPH)
    end = claims_of(token)["exp"] - NOW.timestamp()
    with standing_at(NOW + days((end - 1) / 86_400)):
        assert read_access_token(token).token_id
    with standing_at(NOW + days(end / 86_400)), pytest.raises(TokenRefused):
        read_access_token(token)


def test_token_signed_by_anything_else_is_refused(cast: Cast, program: Program) -> None:
    token = program.token(cast.customer, Resource.GRAPH, "User.Read.All")
    claims, known = claims_of(token), keys.published_keys()[0]
    header: dict[str, Any] = {"alg": "RS256", "typ": "JWT", "kid": known["kid"]}
    other = RSAKey.generate_key(2048)
    # With the public key as a shared secret: what a reader that believes the header's algorithm takes.
    shared = OctKey.import_key(json.dumps(known))
    unsigned = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in ({"alg": "none", "typ": "JWT"}, claims)
    )
    forged = [
        jwt.encode(header, claims, other),
        jwt.encode({**header, "kid": "unknown"}, claims, other),
        jwt.encode({**header, "alg": "HS256"}, claims, shared),
        jwt.encode({**header, "jwk": other.as_dict(private=False)}, claims, other),
        f"{unsigned}.",
        token[:-4] + "AAAA",
        f"{token}.x",
        "a.b.c",
        "x" * 20_000,
    ]

    for text in forged:
        with pytest.raises(TokenRefused):
            read_access_token(text)


@pytest.mark.parametrize("form", ["Bearer {}", "bearer  {}", "{}"])
def test_header_is_read_as_clients_write_it(cast: Cast, program: Program, form: str) -> None:
    token = program.token(cast.customer, Resource.GRAPH)
    request = RequestFactory().get("/", headers={"Authorization": form.format(token)})

    assert read_token(request).claim.tenant_id == cast.customer.id


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a b", "Basic eDp5"])
def test_header_without_a_token_is_refused(db: None, header: str) -> None:
    request = RequestFactory().get("/", headers={"Authorization": header})

    with pytest.raises(TokenRefused):
        read_token(request)


def test_token_for_one_api_is_none_for_another(cast: Cast, program: Program) -> None:
    header = program.header(cast.customer, Resource.SIEM, "Alerts.Fetch.All")

    with pytest.raises(TokenRefused):
        authenticate(RequestFactory().get("/", headers=header), Resource.GRAPH)
