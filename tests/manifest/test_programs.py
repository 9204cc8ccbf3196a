"""Applications, what they prove themselves with, and consent, out of a document."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.manifest.making import apply_text
from tests.support.certificates import make_certificates
from tidegate.core import clock
from tidegate.directory.applications import find_principal, grants_in_force
from tidegate.directory.models import Application, Credential, Grant, Tenant
from tidegate.manifest.places import Misfit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

CLIENT = "8b0d3c52-41a7-4e2f-8d19-c6f5a9e7b302"
PROVIDER = f"""
- domains: [provider.example]
  applications:
    - client_id: {CLIENT}
      display_name: Harbour SIEM
      sign_in_audience: %s
"""
CUSTOMER = "- domains: [customer.example]\n  %s: [{application: %s, %s}]\n"
MANY, ONE = "AzureADMultipleOrgs", "AzureADMyOrg"


def held(tenant: Tenant) -> dict[str, datetime | None]:
    principal = find_principal(tenant.id, Application.rows.get(client_id=CLIENT).client_id)
    rows = grants_in_force(principal, clock.now()) if principal else Grant.rows.none()
    return {grant.value: grant.ends_at for grant in rows}


def consent(more: str, application: str = "Harbour SIEM") -> list[str]:
    return apply_text(PROVIDER % MANY + CUSTOMER % ("consents", application, more)).changes


def test_consent_is_given_prolonged_and_taken_back(cast: Cast) -> None:
    both = "permissions: [graph/SecurityAlert.Read.All, siem/Alerts.Fetch.All]"

    given = consent(f"{both}, ends_at: 2026-08-01")
    same = consent(f"{both}, ends_at: 2026-08-01", CLIENT)
    longer = consent("permissions: [siem/Alerts.Fetch.All], ends_at: 2026-09-01")
    ends = held(cast.customer)
    less = consent("permissions: [graph/SecurityAlert.Read.All], state: absent")
    out = consent("state: absent")

    who = "Harbour SIEM into Delta Mills"
    assert given[-1] == f"let {who} for Alerts.Fetch.All, SecurityAlert.Read.All until 2026-08-01"
    assert same == []
    assert longer == [f"let {who} for Alerts.Fetch.All until 2026-09-01"]
    assert ends == {
        "SecurityAlert.Read.All": datetime(2026, 8, 1, tzinfo=UTC),
        "Alerts.Fetch.All": datetime(2026, 9, 1, tzinfo=UTC),
    }
    assert less == ["take SecurityAlert.Read.All from Harbour SIEM in Delta Mills"]
    assert out == ["let Harbour SIEM into Delta Mills no more"]
    assert held(cast.customer) == {}
    assert held(cast.other) == {}


def test_consent_without_an_end_needs_a_reason(cast: Cast) -> None:
    told = "permissions: [graph/User.Read], ends_at: null"

    with pytest.raises(Misfit, match=r"^tenants\[1\]\.consents\[0\]\.reason: must say why"):
        consent(told)
    consent(f"{told}, reason: Agreed with the board")

    assert held(cast.customer) == {"User.Read": None}


def test_single_tenant_application_is_let_in_for_a_siem_and_nothing_else(cast: Cast) -> None:
    refused = PROVIDER % ONE + CUSTOMER % ("consents", CLIENT, "permissions: [graph/SecurityAlert.Read.All]")
    with pytest.raises(Misfit, match=r"^tenants\[1\]\.consents\[0\]: There is no such application\.$"):
        apply_text(refused)

    siem = PROVIDER % ONE + CUSTOMER % ("siem_authorizations", CLIENT, "ends_at: 2026-08-01%s")
    first, again = apply_text(siem % "").changes, apply_text(siem % "").changes
    with_siem = held(cast.customer)
    gone = apply_text(siem % ", state: absent").changes

    assert first[-1].startswith("let Harbour SIEM into Delta Mills for Alerts.Fetch")
    assert (again, gone) == ([], ["take the SIEM's alerts from Harbour SIEM in Delta Mills"])
    assert set(with_siem) == {"Alerts.Fetch", "Alerts.Fetch.All"}
    assert held(cast.customer) == {}


def test_application_of_a_tenant_that_the_document_does_not_name_is_known_by_its_id_only(cast: Cast) -> None:
    apply_text(PROVIDER % MANY)
    told = "permissions: [graph/SecurityAlert.Read.All]"

    with pytest.raises(Misfit, match='there is no application "Harbour SIEM"'):
        apply_text(CUSTOMER % ("consents", "Harbour SIEM", told))
    apply_text(CUSTOMER % ("consents", CLIENT, told))

    assert set(held(cast.customer)) == {"SecurityAlert.Read.All"}


def test_certificates_and_other_issuers_are_known_by_what_they_are(cast: Cast, tmp_path: Path) -> None:
    with clock.standing_at(datetime.now(UTC)):
        pem = make_certificates(tmp_path).cert.read_text().replace("\n", "\\n")
        told = f"""
        - domains: [customer.example]
          applications:
            - display_name: Collector
              certificates: [{{pem: "{pem}", display_name: Signing%s}}]
              federated_credentials: [{{issuer: https://ci.example, subject: "repo:a"%s}}]
        """
        first, again = apply_text(told % ("", "")).changes, apply_text(told % ("", "")).changes
        gone = apply_text(told % (", state: absent", ", state: absent")).changes

    assert first[1:] == [
        "give application Collector the certificate Signing",
        "give application Collector the federated repo:a",
    ]
    assert again == []
    assert gone == [
        "take from application Collector the certificate Signing",
        "take from application Collector the federated repo:a",
    ]
    assert not Credential.rows.filter(removed_at__isnull=True).exists()


def test_client_id_is_kept_and_anothers_is_refused(cast: Cast) -> None:
    apply_text(PROVIDER % MANY)

    renamed = apply_text((PROVIDER % MANY).replace("Harbour SIEM", "Harbour connector")).changes
    with pytest.raises(Misfit, match="There is an application with this id already"):
        apply_text((PROVIDER % MANY).replace("provider.example", "customer.example"))

    names = '"Harbour SIEM" -> "Harbour connector"'
    assert renamed == [f"change application Harbour SIEM of Harbour Watch: display_name {names}"]
