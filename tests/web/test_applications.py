"""Applications on the portal's pages: registered, proven, consented to, let in, kept out."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.applications import (
    app_permissions,
    delegated_permissions,
    let_in,
    make_program,
    operator_of,
)
from tests.cast import NOW, Cast
from tests.directory.test_credentials import make_certificate
from tests.web.conftest import Visitor, main_of, text_of
from tests.web.programs import needing, principal_of
from tidegate.authorization.api_permissions import API_PERMISSIONS, Resource
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.applications import (
    Registration,
    register_application,
)
from tidegate.directory.actions.consents import Term, consent_for_oneself, grant_consent
from tidegate.directory.actions.credentials import add_secret
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.applications import grants_in_force
from tidegate.directory.models import Application, Credential
from tidegate.web.api_words import say_permission

type Visit = Callable[..., Visitor]

ALERTS = app_permissions(Resource.GRAPH, "SecurityAlert.Read.All")
PROFILE = delegated_permissions(Resource.GRAPH, "User.Read")
FORM = {
    "display_name": "Night <b>SIEM</b>",
    "sign_in_audience": "AzureADMultipleOrgs",
    "web": "https://siem.example/SiemMsspConnector\n\nhttps://siem.example/other",
    "public_client": "http://localhost:8400",
}


def test_every_permission_has_plain_words() -> None:
    assert [each.value for each in API_PERMISSIONS if say_permission(each.value) == each.value] == []


def test_application_is_registered_and_shown_with_its_ids(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    made = admin.post("/applications/register", FORM)
    application = Application.objects.of_tenant(cast.customer.id).get()
    assert made.url == f"/applications/{application.id}?tid={admin.tid}"
    assert [row["platform"] for row in application.redirect_uris] == ["web", "web", "publicClient"]
    page = admin.get(f"/applications/{application.id}")
    content, words = page.content.decode(), text_of(page)
    assert "Night &lt;b&gt;SIEM&lt;/b&gt;" in content
    assert str(application.client_id) in content
    assert f"/{cast.customer.id}/oauth2/v2.0/token" in content
    assert f"/common/adminconsent?client_id={application.client_id}" in content
    assert "It can prove itself with nothing yet." in words
    assert "Night &lt;b&gt;SIEM&lt;/b&gt;" in admin.get("/applications", show="registered").content.decode()
    assert "Granted nothing" in text_of(admin.get("/applications"))


def test_what_is_wrong_stands_beside_its_field(visit: Visit, cast: Cast) -> None:
    page = visit("admin").post(
        "/applications/register", {**FORM, "display_name": "", "web": "http://siem.example/x"}
    )
    words = text_of(page)
    assert page.status_code == 400
    assert "Redirect addresses: web: http://siem.example/x: must begin with https://" in words
    assert "Name: This field is required." in words
    assert not Application.objects.of_tenant(cast.customer.id).exists()


def test_application_is_edited_and_keeps_what_it_needs(visit: Visit, cast: Cast) -> None:
    boss, program = visit("boss", cast.provider), needing(cast, *ALERTS)
    address = f"/applications/{program.application.id}"
    assert 'value="Harbour SIEM"' in boss.get(f"{address}/edit").content.decode()
    boss.post(f"{address}/edit", {**FORM, "display_name": "Renamed"})
    again = Application.objects.of_tenant(cast.provider.id).get()
    assert (again.display_name, len(again.redirect_uris)) == ("Renamed", 3)
    assert [row["value"] for row in again.required_permissions] == ["SecurityAlert.Read.All"]


def test_what_it_needs_is_picked(visit: Visit, cast: Cast) -> None:
    boss, program = visit("boss", cast.provider), needing(cast, *ALERTS)
    address = f"/applications/{program.application.id}/permissions"
    content = main_of(boss.get(address))
    assert content.count('type="checkbox"') == len(API_PERMISSIONS)
    assert content.count(" checked") == 1
    boss.post(address, {"permissions": ["graph/delegated/User.Read", "siem/application/Alerts.Fetch.All"]})
    again = Application.objects.of_tenant(cast.provider.id).get()
    assert [row["value"] for row in again.required_permissions] == ["User.Read", "Alerts.Fetch.All"]
    assert again.redirect_uris == program.application.redirect_uris
    assert boss.post(address, {"permissions": ["graph/delegated/Everything"]}).status_code == 400
    boss.post(address, {})
    assert Application.objects.of_tenant(cast.provider.id).get().required_permissions == []


def test_secret_is_shown_once(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), make_program(cast, cast.customer)
    address = f"/applications/{program.application.id}"
    made = admin.post(f"{address}/secrets", {"display_name": "Splunk", "ends_at": ""})
    kept = Credential.objects.of_tenant(cast.customer.id).get()
    secret = made.context["made"].text
    assert secret in made.content.decode()
    assert "no-store" in made.headers["Cache-Control"]
    assert "It is shown on this page only" in text_of(made)
    for path in (address, "/applications", "/audit"):
        assert secret not in admin.get(path).content.decode()
    assert f"Splunk made 10 Mar 2026 Secret {kept.hint}… 10 Mar 2027" in text_of(admin.get(address))


def test_certificate_is_pasted_and_shown_by_its_thumbprint(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), make_program(cast, cast.customer)
    address = f"/applications/{program.application.id}/certificates"
    admin.post(address, {"certificate": make_certificate()})
    kept = Credential.objects.of_tenant(cast.customer.id).get()
    assert kept.x5t in text_of(admin.get(f"/applications/{program.application.id}"))
    page = admin.post(address, {"certificate": "nonsense"})
    assert page.status_code == 400
    assert "must be one X.509 certificate in PEM" in text_of(page)


def test_federated_credential_is_added_and_any_is_removed(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), make_program(cast, cast.customer)
    address = f"/applications/{program.application.id}"
    data = {"issuer": "https://issuer.example", "subject": "repo:a", "audience": "api://AzureADTokenExchange"}
    admin.post(f"{address}/federated-credentials", data)
    kept = Credential.objects.of_tenant(cast.customer.id).get()
    removing = f"{address}/credentials/{kept.id}/remove"
    assert "can no longer act as Harbour SIEM of Delta Mills" in text_of(admin.get(removing))
    admin.post(removing)
    assert "It can prove itself with nothing yet." in text_of(admin.get(address))
    assert admin.get(removing).status_code == 404


def test_application_is_disabled_enabled_and_removed_after_asking(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), make_program(cast, cast.customer)
    address = f"/applications/{program.application.id}"
    asked = text_of(admin.get(f"{address}/disable"))
    assert "From the next request on Harbour SIEM of Delta Mills is let in nowhere" in asked
    admin.post(f"{address}/disable")
    assert "Disabled" in text_of(admin.get(address))
    admin.post(f"{address}/enable")
    assert "Disable" in text_of(admin.get(address))
    assert "Remove from Delta Mills" in text_of(admin.get(f"{address}/remove"))
    admin.post(f"{address}/remove")
    assert admin.get(address).status_code == 404


PAGES = (
    "/applications",
    "/applications?show=registered",
    "/applications/{application}",
    "/service-principals/{principal}",
)
CHANGES = (
    "/applications/register",
    "/applications/consent",
    "/applications/{application}/edit",
    "/applications/{application}/permissions",
    "/applications/{application}/disable",
    "/applications/{application}/enable",
    "/applications/{application}/remove",
    "/applications/{application}/secrets",
    "/applications/{application}/certificates",
    "/applications/{application}/federated-credentials",
    "/applications/{application}/credentials/{credential}/remove",
    "/service-principals/{principal}/withdraw?grant={grant}",
    "/service-principals/{principal}/renew?grant={grant}",
    "/service-principals/{principal}/disable",
    "/service-principals/{principal}/enable",
    "/service-principals/{principal}/remove",
    "/service-principals/{principal}/refresh-tokens/revoke",
)


def ask_for(visitor: Visitor, address: str, places: dict[str, str], method: str = "get") -> int:
    path, _mark, query = address.format(**places).partition("?")
    params = dict([query.split("=")]) if query else {}
    if method == "get":
        return int(visitor.get(path, **params).status_code)
    return int(visitor.post(path, {}, **params).status_code)


@pytest.fixture
def places(cast: Cast) -> dict[str, str]:
    """An application of the customer with a secret, let in at home with one permission."""
    program = make_program(cast, cast.customer)
    let_in(program, cast.customer, *PROFILE)
    principal = principal_of(program, cast.customer)
    secret = add_secret(operator_of(cast.customer, Permission.APPLICATION_MANAGE), program.application.id)
    return {
        "application": str(program.application.id),
        "principal": str(principal.id),
        "credential": str(secret.credential.id),
        "grant": str(grants_in_force(principal, NOW).get().id),
    }


@pytest.mark.parametrize(
    ("name", "sees", "changes"),
    [
        ("admin", {200}, {200, 302, 400}),
        ("reader", {200}, {403}),
        ("member", {403}, {403}),
        ("analyst", {403}, {403}),
        ("lead", {403}, {403}),
        ("helper", {403}, {403}),
        ("outsider", {404}, {404}),
        ("boss", {404}, {404}),
    ],
)
def test_pages_open_and_change_for_whom_they_should(
    visit: Visit, places: dict[str, str], name: str, sees: set[int], changes: set[int]
) -> None:
    visitor = visit(name)
    assert {ask_for(visitor, page, places) for page in PAGES} == sees
    if name == "admin":
        return
    assert {ask_for(visitor, page, places, "post") for page in CHANGES} == changes
    assert Application.rows.get().removed_at is None


def test_outsider_at_home_finds_nothing_of_another_tenant(
    visit: Visit, cast: Cast, places: dict[str, str]
) -> None:
    outsider = visit("outsider", cast.other)
    for page in (*PAGES[2:], *(page for page in CHANGES[2:])):
        assert ask_for(outsider, page, places, "post" if page in CHANGES else "get") == 404
    for shown in ("let-in", "registered"):
        assert "Harbour SIEM" not in outsider.get("/applications", show=shown).content.decode()


def test_statements_do_not_grow_with_applications(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    counts = []
    for _round in range(2):
        program = make_program(cast, cast.customer)
        let_in(program, cast.customer, *ALERTS)
        if _round:
            let_in(make_program(cast), cast.customer, *ALERTS, *PROFILE)
            let_in(make_program(cast), cast.customer)
        for path in ("/applications", "/myaccess/applications"):
            admin.get(path)
        with CaptureQueriesContext(connection) as asked:
            for shown in ("let-in", "registered"):
                admin.get("/applications", show=shown)
            admin.get("/myaccess/applications")
            admin.get(f"/service-principals/{principal_of(program, cast.customer).id}")
            admin.get(f"/applications/{program.application.id}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_list_is_paged_by_key_and_refuses_nonsense(visit: Visit, cast: Cast) -> None:
    admin = visit("admin")
    scope = operator_of(cast.customer, Permission.APPLICATION_MANAGE)
    for number in range(51):
        register_application(scope, Registration(f"Program {number:02}"))
    page = admin.get("/applications", show="registered")
    assert len(page.context["rows"]) == 50
    last = admin.client.get(page.context["older_url"])
    assert [row.application.display_name for row in last.context["rows"]] == ["Program 50"]
    assert admin.get("/applications", show="everything").status_code == 400
    assert admin.get("/applications", cursor="x").status_code == 400


def test_guest_who_looks_is_seen(visit: Visit, cast: Cast) -> None:
    assign_role(cast.enter("admin"), cast.role("Security Reader").id, user_id=cast.user("lead").id)
    program = make_program(cast, cast.customer)
    lead, admin = visit("lead"), visit("admin")
    lead.get("/applications")
    lead.get(f"/applications/{program.application.id}")
    lead.get(f"/service-principals/{principal_of(program, cast.customer).id}")
    events = admin.get("/audit", outside="on", since="2026-03-10").context["rows"]
    assert {row.event.tag for row in events} >= {
        "applications.viewed",
        "application.viewed",
        "service_principal.viewed",
    }
    linked = {row.event.tag: row.target_url for row in events}
    assert linked["application.viewed"].startswith(f"/applications/{program.application.id}?")


def test_own_applications_are_listed_everywhere_and_taken_back(visit: Visit, cast: Cast) -> None:
    program = make_program(cast)
    consent_for_oneself(cast.enter("lead"), program.application.client_id, PROFILE)
    consent_for_oneself(cast.enter("member"), program.application.client_id, PROFILE)
    let_in(program, cast.provider, *PROFILE)
    at_home = text_of(visit("lead", cast.provider).get("/myaccess/applications"))
    assert "Harbour SIEM of Harbour Watch Delta Mills Sign people in" in at_home
    assert "Harbour SIEM of Harbour Watch Harbour Watch Sign people in" in at_home
    assert "allowed for everybody" in at_home
    lead = visit("lead")
    assert "In every tenant" not in text_of(lead.get("/myaccess/applications"))
    principal = principal_of(program, cast.customer)
    address = f"/myaccess/applications/{principal.id}/withdraw"
    assert "may not do this for you at Delta Mills" in text_of(lead.get(address))
    assert visit("admin").post(address).status_code == 404
    assert visit("outsider").post(address).status_code == 404
    lead.post(address)
    assert "No application acts for you." in text_of(lead.get("/myaccess/applications"))
    assert grants_in_force(principal, NOW).count() == 1
    assert lead.get(address).status_code == 404


def test_end_that_is_near_is_on_the_radar_and_renewed(visit: Visit, cast: Cast) -> None:
    admin, program = visit("admin"), make_program(cast)
    both = [*ALERTS, *PROFILE]
    soon = Term(NOW + timedelta(days=20))
    grant_consent(cast.enter("admin"), program.application.client_id, both, term=soon)
    own = make_program(cast, cast.customer)
    admin.post(
        f"/applications/{own.application.id}/secrets",
        {"display_name": "Splunk", "ends_at": "2026-04-01T00:00"},
    )
    admin.post(f"/applications/{own.application.id}/certificates", {"certificate": make_certificate(days=90)})
    words = text_of(admin.get("/expiry", days="30"))
    assert "Secret of an application Splunk Harbour SIEM" in words
    assert "Certificate of an application" in words
    assert words.count("What an application may do Harbour SIEM Harbour Watch") == 1
    rows = [row for week in admin.get("/expiry", days="30").context["weeks"] for row in week.rows]
    secret = next(row for row in rows if row.what.kind == "secret")
    assert secret.replace_url == f"/applications/{own.application.id}/secrets?tid={admin.tid}"
    consent = next(row for row in rows if row.what.kind == "consent")
    for name in ("reader", "outsider"):
        assert visit(name).client.post(consent.renew_url).status_code == (403 if name == "reader" else 404)
    assert admin.client.post(consent.renew_url).status_code == 302
    principal = principal_of(program, cast.customer)
    assert {grant.ends_at for grant in grants_in_force(principal, NOW)} == {NOW + timedelta(days=110)}


def test_provider_sees_the_ends_of_its_applications_elsewhere(visit: Visit, cast: Cast) -> None:
    program = make_program(cast)
    soon = Term(NOW + timedelta(days=20))
    grant_consent(cast.enter("admin"), program.application.client_id, ALERTS, term=soon)
    consent_for_oneself(cast.enter("member"), program.application.client_id, PROFILE)
    boss = visit("boss", cast.provider)
    page = boss.get("/expiry", of="people", days="30")
    assert "What an application may do Harbour SIEM Harbour Watch Delta Mills" in text_of(page)
    rows = [row for week in page.context["weeks"] for row in week.rows if row.what.kind == "consent"]
    assert [row.url for row in rows] == [f"/applications/{program.application.id}?tid={boss.tid}"]
    assert [row.renew_url for row in rows] == [""]
    other = text_of(visit("outsider", cast.other).get("/expiry", of="people", days="365"))
    assert "Harbour SIEM" not in other
