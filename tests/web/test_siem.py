"""Settings > SIEM: a provider's application is authorised; its files hold our addresses and no secret."""

import json
import shutil
import subprocess
import uuid
from collections.abc import Callable

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.applications import Program, app_permissions, let_in, make_program, operator_of
from tests.cast import NOW, Cast, make_role
from tests.web.conftest import Visitor, text_of
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.directory.actions.applications import Registration, disable_application, update_application
from tidegate.directory.actions.consents import authorize_siem_application
from tidegate.directory.actions.credentials import add_secret
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.applications import grants_in_force
from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.web.siem_files import PLACEHOLDER, SIEM_FILES

type Visit = Callable[..., Visitor]

BASE = "https://portal.example"


@pytest.fixture
def program(cast: Cast) -> Program:
    """As Microsoft's guide has it: registered for the provider's own tenant only."""
    return make_program(cast, multi_tenant=False)


@pytest.fixture
def principal(cast: Cast, program: Program) -> ServicePrincipal:
    return authorize_siem_application(cast.enter("admin"), program.application.client_id, cast.provider.id)


def ids_of(cast: Cast, program: Program) -> dict[str, str]:
    return {
        "client_id": str(program.application.client_id),
        "home_tenant_id": str(cast.provider.id),
        "ends_at": "2026-12-24T00:00",
    }


def test_application_is_authorised_by_both_ids(visit: Visit, cast: Cast, program: Program) -> None:
    admin = visit("admin")
    assert "No SIEM fetches the alerts of Delta Mills yet." in text_of(admin.get("/siem"))
    made = admin.post("/siem", ids_of(cast, program))
    principal = ServicePrincipal.objects.of_tenant(cast.customer.id).get()
    assert made.url == f"/siem/{principal.id}?tid={admin.tid}"
    values = grants_in_force(principal, NOW).values_list("value", flat=True)
    assert sorted(values) == ["Alerts.Fetch", "Alerts.Fetch.All"]
    words = text_of(admin.get("/siem"))
    assert f"Harbour SIEM {program.application.client_id} Harbour Watch In force" in words
    assert "24 Dec 2026" in words
    shown = text_of(admin.get(f"/siem/{principal.id}"))
    assert "Not granted yet: SecurityIncident.Read.All" in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": str(uuid.uuid4())},
        {"home_tenant_id": str(uuid.uuid4())},
        {"client_id": "nonsense"},
        {"client_id": "{11111111-1111-4111-8111-111111111111}"},
        {"home_tenant_id": ""},
        {"ends_at": ""},
        {"ends_at": "2020-01-01T00:00"},
    ],
)
def test_wrong_ids_and_ends_authorise_nobody(
    visit: Visit, cast: Cast, program: Program, wrong: dict[str, str]
) -> None:
    page = visit("admin").post("/siem", {**ids_of(cast, program), **wrong})
    assert page.status_code == 400
    assert "Nothing was changed." in text_of(page)
    assert not Grant.objects.of_tenant(cast.customer.id).exists()


def test_which_id_was_wrong_is_told_to_nobody(visit: Visit, cast: Cast, program: Program) -> None:
    answers = {
        text_of(visit("admin").post("/siem", {**ids_of(cast, program), field: str(cast.other.id)})).replace(
            str(cast.other.id), ""
        )
        for field in ("client_id", "home_tenant_id")
    }
    assert len(answers) == 1


def test_authorisation_is_renewed_and_withdrawn(
    visit: Visit, cast: Cast, principal: ServicePrincipal
) -> None:
    admin, address = visit("admin"), f"/siem/{principal.id}"
    assert admin.get(f"{address}/renew").status_code == 200
    admin.post(f"{address}/renew", {"ends_at": "2026-12-24T00:00"})
    assert "24 Dec 2026" in text_of(admin.get("/siem"))
    assert admin.post(f"{address}/renew", {"ends_at": ""}).status_code == 400
    asked = text_of(admin.get(f"{address}/withdraw"))
    assert "From the next request on Harbour SIEM gets no alerts of Delta Mills" in asked
    admin.post(f"{address}/withdraw")
    assert not grants_in_force(principal, NOW).exists()
    assert admin.get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [("reader", 403), ("member", 403), ("analyst", 403), ("outsider", 404), ("boss", 404)],
)
def test_settings_are_for_who_manages_them(
    visit: Visit, principal: ServicePrincipal, name: str, status: int
) -> None:
    visitor, one = visit(name), f"/siem/{principal.id}"
    for address in ("/siem", one, f"{one}/renew", f"{one}/withdraw", f"{one}/configuration/inputs.conf"):
        assert visitor.get(address).status_code == status
    for address in ("/siem", f"{one}/renew", f"{one}/withdraw"):
        assert visitor.post(address).status_code == status
    assert grants_in_force(principal, NOW).count() == 2


def test_outsider_at_home_finds_nothing(visit: Visit, cast: Cast, principal: ServicePrincipal) -> None:
    away = visit("outsider", cast.other)
    for end in ("", "/renew", "/withdraw", "/configuration/inputs.conf"):
        assert away.get(f"/siem/{principal.id}{end}").status_code == 404
    assert "Harbour SIEM" not in text_of(away.get("/siem"))


def test_a_role_for_settings_is_enough_to_look(visit: Visit, cast: Cast, principal: ServicePrincipal) -> None:
    role = make_role(cast.customer, "Settings", RolePermission.MANAGE_PORTAL_SETTINGS)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    for address in ("/siem", f"/siem/{principal.id}"):
        assert visit("member").get(address).status_code == 200


@pytest.mark.parametrize("name", SIEM_FILES)
def test_file_holds_our_addresses_and_no_secret(
    visit: Visit, cast: Cast, program: Program, principal: ServicePrincipal, name: str, settings: Settings
) -> None:
    settings.BASE_URL = BASE
    scope = operator_of(cast.provider, Permission.APPLICATION_MANAGE)
    secret = add_secret(scope, program.application.id)
    answer = visit("admin").get(f"/siem/{principal.id}/configuration/{name}")
    text = answer.content.decode()
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert secret.text not in text
    assert secret.credential.secret_hash not in text
    assert "{{" not in text
    if name == "WDATP-connector.jsonparser.properties":
        return
    assert str(program.application.client_id) in text
    assert str(cast.customer.id) in text
    assert BASE in text
    assert "login.microsoftonline.com/" not in text
    assert PLACEHOLDER in text or "secret stands in" in text or "secret_file" in text or "keystore" in text


def test_file_of_nobody_and_of_no_name_is_not_there(visit: Visit, principal: ServicePrincipal) -> None:
    admin = visit("admin")
    for path in (f"{principal.id}/configuration/other.txt", f"{uuid.uuid4()}/configuration/inputs.conf"):
        assert admin.get(f"/siem/{path}").status_code == 404


def test_hostile_name_stays_in_a_comment(visit: Visit, cast: Cast, program: Program) -> None:
    scope = operator_of(cast.provider, Permission.APPLICATION_MANAGE)
    name = "'; $(reboot) <x> [rest://x]"
    update_application(scope, program.application.id, Registration(name))
    principal = authorize_siem_application(
        cast.enter("admin"), program.application.client_id, cast.provider.id
    )
    admin = visit("admin")
    for file in SIEM_FILES:
        text = admin.get(f"/siem/{principal.id}/configuration/{file}").content.decode()
        lines = [line for line in text.splitlines() if "reboot" in line]
        assert file == "xsoar-instance.txt" or all(line.startswith("#") for line in lines)


def test_files_are_of_their_kinds(visit: Visit, cast: Cast, principal: ServicePrincipal) -> None:
    admin = visit("admin")

    def read(name: str) -> str:
        return str(admin.get(f"/siem/{principal.id}/configuration/{name}").content.decode())

    sentinel = json.loads(read("sentinel-connector.json"))["properties"]
    assert sentinel["auth"]["TokenEndpoint"].endswith(f"/{cast.customer.id}/oauth2/v2.0/token")
    assert sentinel["request"]["startTimeAttributeName"] == "sinceTimeUtc"
    filebeat = yaml.safe_load(read("filebeat.yml"))["filebeat.inputs"][0]
    assert filebeat["auth.oauth2"]["endpoint_params"] == {"resource": ["https://graph.windows.net"]}
    shell = shutil.which("sh") or "sh"
    checked = subprocess.run([shell, "-n"], input=read("fetch-alerts.sh"), text=True, check=False)
    assert checked.returncode == 0


def test_arcsight_reads_alerts_as_it_read_microsofts(visit: Visit, principal: ServicePrincipal) -> None:
    address = f"/siem/{principal.id}/configuration/WDATP-connector.jsonparser.properties"
    lines = visit("admin").get(address).content.decode().splitlines()
    events = dict(line.removeprefix("event.").split("=", 1) for line in lines if line.startswith("event."))
    assert events == {
        "name": "AlertTitle",
        "deviceSeverity": "Severity",
        "deviceEventCategory": "Category",
        "sourceServiceName": "Source",
        "sourceHostName": "MachineName",
        "fileName": "FileName",
        "filePath": "FilePath",
        "sourceNtDomain": "UserDomain",
        "sourceUserName": "UserName",
        "fileHash": "Sha1",
        "deviceCustomString6": "Sha256",
        "deviceCustomString5": "Md5",
        "deviceCustomString1": "ThreatName",
        "sourceAddress": "IpAddress",
        "requestUrl": "Url",
        "deviceCustomNumber2": "RemediationIsSuccess",
        "deviceCustomNumber1": "WasExecutingWhileDetected",
        "externalId": "AlertId",
        "flexString1": "LinkToWDATP",
        "deviceReceiptTime": "AlertTime",
        "sourceDnsDomain": "MachineDomain",
        "deviceCustomString4": "Actor",
        "sourceUserId": "LogOnUsers",
        "deviceVendor": '__stringConstant("Microsoft")',
        "deviceProduct": '__stringConstant("Microsoft Defender ATP")',
        "deviceVersion": '__stringConstant("2.0")',
    }
    tokens = [line for line in lines if line.startswith("token[") and ".name=" in line]
    assert f"token.count={len(tokens)}" in lines


def test_application_disabled_by_its_owner_cannot_be_renewed(
    visit: Visit, cast: Cast, program: Program, principal: ServicePrincipal
) -> None:
    disable_application(cast.enter("boss", cast.provider), program.application.id)
    words = text_of(visit("admin").get("/siem"))
    assert "Disabled by its owner" in words
    assert "Renew" not in words


def test_statements_do_not_grow_with_applications(
    visit: Visit, cast: Cast, principal: ServicePrincipal
) -> None:
    admin = visit("admin")
    admin.get("/siem")
    with CaptureQueriesContext(connection) as few:
        admin.get("/siem")
    for _number in range(2):
        let_in(make_program(cast), cast.customer, *app_permissions(Resource.SIEM, "Alerts.Fetch.All"))
    with CaptureQueriesContext(connection) as many:
        assert text_of(admin.get("/siem")).count("In force") == 3
    assert len(many) == len(few)
