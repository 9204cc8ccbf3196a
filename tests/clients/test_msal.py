"""Microsoft's authentication library for Python, pointed at a tenant here."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msal  # type: ignore[import-untyped]
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.clients.portal import Browser, Portal
from tests.clients.world import ADA, CALLBACK, CUSTOMER_DOMAIN, PRIVATE_KEY, SECRET, certificate
from tests.manifest.making import CLIENT, CUSTOMER

# The library would rather have every answer posted; both ways are for clients to choose.
pytestmark = [
    pytest.mark.one_engine,
    pytest.mark.filterwarnings("ignore:response_mode='form_post' is recommended"),
]

GRAPH = ["https://graph.microsoft.com/.default"]


def confidential(portal: Portal, tenant: str = CUSTOMER, credential: Any = SECRET, **options: Any) -> Any:
    return msal.ConfidentialClientApplication(
        CLIENT,
        client_credential=credential,
        authority=f"{portal.base}/{tenant}",
        instance_discovery=False,
        verify=str(portal.authority),
        **options,
    )


def sign_in(application: Any, browser: Browser, **options: Any) -> Any:
    """Code and PKCE, through the real pages."""
    flow = application.initiate_auth_code_flow(["User.Read"], redirect_uri=CALLBACK, **options)
    came_back = dict(parse_qsl(urlsplit(browser.follow(flow["auth_uri"])).query))
    return application.acquire_token_by_auth_code_flow(flow, came_back)


@pytest.mark.parametrize("tenant", [CUSTOMER, CUSTOMER_DOMAIN])
def test_program_gets_a_token_and_keeps_it(portal: Portal, tenant: str) -> None:
    program = confidential(portal, tenant)

    first, second = program.acquire_token_for_client(GRAPH), program.acquire_token_for_client(GRAPH)

    assert (first["token_type"], first["token_source"]) == ("Bearer", "identity_provider")
    assert 3000 < first["expires_in"] <= 3600
    assert (second["access_token"], second["token_source"]) == (first["access_token"], "cache")


def test_wrong_secret_is_read_as_entras(portal: Portal) -> None:
    answer = confidential(portal, credential=f"wrong-{SECRET}").acquire_token_for_client(GRAPH)

    assert (answer["error"], answer["error_codes"]) == ("invalid_client", [7000215])
    assert answer["correlation_id"]


def test_unknown_tenant_is_told_when_it_is_looked_up(portal: Portal) -> None:
    with pytest.raises(ValueError, match="99999999-9999-4999-8999-999999999999"):
        confidential(portal, "99999999-9999-4999-8999-999999999999")


@pytest.mark.parametrize("is_thumbprint_given", [False, True])
def test_certificate_proves_the_program(portal: Portal, *, is_thumbprint_given: bool) -> None:
    """With the thumbprint given the library sends `x5t`, with the certificate `x5t#S256`."""
    key = PRIVATE_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    named = {"public_certificate": certificate()}
    if is_thumbprint_given:
        parsed = x509.load_pem_x509_certificate(certificate().encode())
        named = {"thumbprint": parsed.fingerprint(SHA1()).hex()}  # noqa: S303  as the library wants it

    program = confidential(portal, credential={"private_key": key, **named})

    first = program.acquire_token_for_client(GRAPH)
    # The library sends the same assertion for ten minutes.
    second = program.acquire_token_for_client(["https://graph.windows.net/.default"])

    assert [answer.get("token_source") for answer in (first, second)] == ["identity_provider"] * 2


def test_person_signs_in_consents_and_is_known(portal: Portal, browser: Browser) -> None:
    application = confidential(portal)

    answer = sign_in(application, browser, prompt="consent", response_mode="form_post")

    claims, (account,) = answer["id_token_claims"], application.get_accounts()
    assert browser.seen == ["sign-in", "consent"]
    assert (claims["tid"], claims["aud"], claims["preferred_username"]) == (CUSTOMER, CLIENT, ADA.email)
    assert account["home_account_id"] == f"{claims['oid']}.{CUSTOMER}"
    assert account["username"] == ADA.email


def test_refresh_gives_another_token(portal: Portal, browser: Browser) -> None:
    application = confidential(portal)
    first = sign_in(application, browser)
    (account,) = application.get_accounts()

    second = application.acquire_token_silent(["User.Read"], account, force_refresh=True)

    assert (second["token_source"], "access_token" in second) == ("identity_provider", True)
    assert second["access_token"] != first["access_token"]


def test_person_who_says_no_comes_back_with_an_error(portal: Portal, browser: Browser) -> None:
    application = confidential(portal)
    flow = application.initiate_auth_code_flow(["User.Read"], redirect_uri=CALLBACK, prompt="consent")
    browser.decision = "deny"

    came_back = dict(parse_qsl(urlsplit(browser.follow(flow["auth_uri"])).query))

    answer = application.acquire_token_by_auth_code_flow(flow, came_back)
    assert answer["error"] == "access_denied"
    assert answer["error_description"].startswith("AADSTS65004: ")


def test_device_gets_tokens_after_its_person_entered_the_code(portal: Portal, browser: Browser) -> None:
    program = msal.PublicClientApplication(
        CLIENT, authority=f"{portal.base}/{CUSTOMER}", instance_discovery=False, verify=str(portal.authority)
    )
    flow = program.initiate_device_flow(["User.Read"])
    browser.follow(flow["verification_uri"], flow["user_code"])

    answer = program.acquire_token_by_device_flow(flow)

    (account,) = program.get_accounts()
    # Each use takes the refresh token that the last one gave.
    fresh = [program.acquire_token_silent(["User.Read"], account, force_refresh=True) for _ in range(2)]
    assert browser.seen == ["sign-in", "code", "consent"]
    assert answer["id_token_claims"]["preferred_username"] == ADA.email
    assert [each["token_source"] for each in fresh] == ["identity_provider"] * 2
