"""Microsoft's own library for Python, against the server as somebody starts it, over TLS."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import msal  # type: ignore[import-untyped]
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1

from tests.oauth.live import CALLBACK, Live, serve_live

pytestmark = pytest.mark.slow
SCOPE: Final = ["https://graph.microsoft.com/.default"]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serve_live(tmp_path_factory.mktemp("live")) as live:
        yield live


def _confidential(live: Live, credential: Any = None, place: str = "") -> Any:
    return msal.ConfidentialClientApplication(
        live.facts["client_id"],
        client_credential=credential or live.facts["client_secret"],
        authority=live.authority(place),
        instance_discovery=False,
        verify=live.ca_file,
    )


def _public(live: Live) -> Any:
    return msal.PublicClientApplication(
        live.facts["client_id"],
        authority=live.authority(),
        instance_discovery=False,
        verify=live.ca_file,
    )


@pytest.fixture(autouse=True)
def _trust_what_is_said(monkeypatch: pytest.MonkeyPatch, live: Live) -> None:
    # The library of HTTP below prefers the environment's word to its caller's.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", live.ca_file)


def test_secret(live: Live) -> None:
    application = _confidential(live)

    first = application.acquire_token_for_client(SCOPE)
    second = application.acquire_token_for_client(SCOPE)

    assert first["token_type"] == "Bearer"
    assert (second["access_token"], second["token_source"]) == (first["access_token"], "cache")


@pytest.mark.parametrize("what", ["thumbprint", "public_certificate"])
def test_certificate_also_for_a_second_token(live: Live, what: str) -> None:
    certificate = x509.load_pem_x509_certificate(live.facts["certificate"].encode())
    thumbprint = certificate.fingerprint(SHA1()).hex()  # noqa: S303  the older of the two names for it
    value = thumbprint if what == "thumbprint" else live.facts["certificate"]
    application = _confidential(live, {"private_key": live.facts["private_key"], what: value})

    first = application.acquire_token_for_client(SCOPE)
    # The library sends the same assertion for ten minutes.
    second = application.acquire_token_for_client(["https://graph.windows.net/.default"])

    assert "access_token" in first, first
    assert "access_token" in second, second


def test_wrong_secret(live: Live) -> None:
    answer = _confidential(live, "wrong " + live.facts["client_secret"]).acquire_token_for_client(SCOPE)

    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000215])
    assert answer["correlation_id"]


def test_unknown_tenant(live: Live) -> None:
    with pytest.raises(ValueError, match="tenant"):
        _confidential(live, place="99999999-9999-4999-8999-999999999999")


def test_code_and_refresh(live: Live) -> None:
    application = _confidential(live)
    flow = application.initiate_auth_code_flow(
        ["User.Read"], redirect_uri=CALLBACK, response_mode="form_post"
    )
    back = dict(parse_qsl(urlsplit(live.browse(flow["auth_uri"])).query))

    answer = application.acquire_token_by_auth_code_flow(flow, back)

    claims = answer["id_token_claims"]
    assert (claims["tid"], claims["preferred_username"]) == (
        live.facts["tenant_id"], live.facts["user_principal_name"],
    )  # fmt: skip
    (account,) = application.get_accounts()
    assert account["home_account_id"] == f"{live.facts['user_id']}.{live.facts['tenant_id']}"
    silent = application.acquire_token_silent(["User.Read"], account=account)
    fresh = application.acquire_token_silent(["User.Read"], account=account, force_refresh=True)
    assert (silent["token_source"], fresh["token_source"]) == ("cache", "identity_provider")
    assert fresh["access_token"] != answer["access_token"]


def test_device_code_and_rotation(live: Live) -> None:
    application = _public(live)
    flow = application.initiate_device_flow(["User.Read"])
    page = live.browse(flow["verification_uri"], user_code=flow["user_code"])

    assert "You are signed in on your device" in page
    answer = application.acquire_token_by_device_flow(flow)
    assert answer["id_token_claims"]["tid"] == live.facts["tenant_id"]
    (account,) = application.get_accounts()
    for _ in range(2):
        fresh = application.acquire_token_silent(["User.Read"], account=account, force_refresh=True)
        assert fresh["token_source"] == "identity_provider"
