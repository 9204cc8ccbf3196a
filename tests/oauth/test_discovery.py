"""What clients look up before they ask."""

import pytest
from django.test import Client

from tests.cast import Cast


def test_metadata_of_a_tenant_is_complete(cast: Cast, client: Client) -> None:
    base = f"http://testserver/{cast.customer.id}"

    body = client.get(f"/{cast.customer.id}/v2.0/.well-known/openid-configuration").json()

    ends = ("_endpoint", "_uri", "issuer")
    assert {name: value for name, value in body.items() if name.endswith(ends)} == {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "userinfo_endpoint": "http://testserver/oidc/userinfo",
    }  # fmt: skip
    assert body["subject_types_supported"] == ["pairwise"]
    assert body["id_token_signing_alg_values_supported"] == ["RS256"]
    assert "code" in body["response_types_supported"]
    assert {"client_secret_post", "client_secret_basic", "private_key_jwt"} == set(
        body["token_endpoint_auth_methods_supported"]
    )


@pytest.mark.parametrize("place", ["customer.example", "CUSTOMER.example"])
def test_domain_finds_the_tenant_by_its_id(cast: Cast, client: Client, place: str) -> None:
    body = client.get(f"/{place}/v2.0/.well-known/openid-configuration").json()

    assert body["issuer"] == f"http://testserver/{cast.customer.id}/v2.0"


@pytest.mark.parametrize(
    ("path", "issuer"),
    [
        ("common/v2.0", "http://testserver/{tenantid}/v2.0"),
        ("organizations/v2.0", "http://testserver/{tenantid}/v2.0"),
        ("common", "http://testserver/{tenantid}/"),
    ],
)
def test_place_of_no_tenant_has_a_pattern_for_issuer(
    db: None, client: Client, path: str, issuer: str
) -> None:
    assert client.get(f"/{path}/.well-known/openid-configuration").json()["issuer"] == issuer


def test_version_1_has_its_own_addresses(cast: Cast, client: Client) -> None:
    body = client.get(f"/{cast.customer.id}/.well-known/openid-configuration").json()

    assert body["issuer"] == f"http://testserver/{cast.customer.id}/"
    assert body["token_endpoint"] == f"http://testserver/{cast.customer.id}/oauth2/token"


@pytest.mark.parametrize("place", ["99999999-9999-4999-8999-999999999999", "nowhere.example", "a b", "users"])
def test_unknown_tenant_is_said_to_be_unknown(db: None, client: Client, place: str) -> None:
    answer = client.get(f"/{place}/v2.0/.well-known/openid-configuration")

    assert answer.status_code == 400
    assert (answer.json()["error"], answer.json()["error_codes"]) == ("invalid_tenant", [90002])


def test_scripts_of_other_sites_may_read_it(db: None, client: Client) -> None:
    answer = client.get("/common/v2.0/.well-known/openid-configuration")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "max-age=3600, public"


def test_instance_is_ours_only_under_our_own_host(db: None, client: Client) -> None:
    path = "/common/discovery/instance?api-version=1.1&authorization_endpoint="

    ours = client.get(f"{path}http://testserver/common/oauth2/v2.0/authorize")
    other = client.get(f"{path}https://elsewhere.example/common/oauth2/v2.0/authorize")

    assert ours.json() == {
        "tenant_discovery_endpoint": "http://testserver/common/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [
            {"preferred_network": "testserver", "preferred_cache": "testserver", "aliases": ["testserver"]}
        ],
    }
    assert (other.status_code, other.json()["error"]) == (400, "invalid_instance")


def test_host_that_the_operator_did_not_allow_is_refused(cast: Cast, client: Client) -> None:
    path = f"/{cast.customer.id}/v2.0/.well-known/openid-configuration"

    assert client.get(path, headers={"Host": "evil.example"}).status_code == 400


def test_nothing_is_written_there(db: None, client: Client) -> None:
    assert client.post("/common/v2.0/.well-known/openid-configuration").json()["error_codes"] == [900561]
