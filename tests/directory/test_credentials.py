"""What applications prove themselves with: made, kept safely, refused, never a way to more than one holds."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.applications import Program, app_permissions, let_in, make_program
from tests.cast import NOW, Cast, make_role
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.credentials import (
    CREDENTIALS_AT_MOST,
    add_certificate,
    add_federated_credential,
    add_secret,
    hash_secret,
    remove_credential,
)
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.applications import credentials_in_force, list_credentials
from tidegate.directory.models import Credential

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast, cast.customer)


def make_certificate(*, bits: int = 2048, days: int = 900) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "siem")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days)
    )
    signed = dated.serial_number(7).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def test_secret_is_shown_once_and_kept_as_a_hash(cast: Cast, program: Program) -> None:
    made = add_secret(cast.enter("admin"), program.application.id, display_name="Splunk")
    assert made.credential.secret_hash == hash_secret(made.text)
    assert made.credential.hint == made.text[:3]
    assert made.credential.ends_at == NOW + timedelta(days=365)
    assert len(made.text) == 40
    assert made.text not in repr(made)
    kept = Credential.rows.get(id=made.credential.id)
    assert made.text not in str(vars(kept))
    assert not AuditEvent.rows.filter(details__contains=made.text).exists()
    assert AuditEvent.rows.filter(tag="application.credential_added").count() == 1


@pytest.mark.parametrize(
    "text", ["short", "x" * 257, "has blanks in the midst", "quote'0123456789", "ü" * 20]
)
def test_secret_of_others_must_survive_every_client(cast: Cast, program: Program, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_secret(cast.enter("admin"), program.application.id, text=text)
    assert set(refused.value.fields) == {"secret"}
    assert text not in str(refused.value)


def test_certificate_is_kept_with_its_thumbprints_until_it_ends(cast: Cast, program: Program) -> None:
    pem = make_certificate(days=100)
    made = add_certificate(cast.enter("admin"), program.application.id, pem=f"\n{pem}\n")
    certificate = x509.load_pem_x509_certificate(pem.encode())
    assert made.certificate == pem
    assert made.ends_at == certificate.not_valid_after_utc
    assert (len(made.x5t), len(made.x5t_s256)) == (27, 43)


@pytest.mark.parametrize(
    "pem", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----"]
)
def test_what_is_no_certificate_is_refused(cast: Cast, program: Program, pem: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_certificate(cast.enter("admin"), program.application.id, pem=pem)
    assert set(refused.value.fields) == {"certificate"}


def test_private_key_weak_key_and_ended_certificate_are_refused(cast: Cast, program: Program) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for pem, field in (
        (key.decode(), "certificate"),
        (make_certificate(bits=1024), "certificate"),
        (make_certificate(days=10), "ends_at"),
    ):
        with pytest.raises(InvalidInput) as refused:
            add_certificate(cast.enter("admin"), program.application.id, pem=pem)
        assert set(refused.value.fields) == {field}
    assert not Credential.rows.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"issuer": "http://issuer.example", "subject": "s"}, "issuer"),
        ({"issuer": "https://issuer.example/?q=1", "subject": "s"}, "issuer"),
        ({"issuer": "", "subject": "s"}, "issuer"),
        ({"issuer": "https://issuer.example", "subject": " "}, "subject"),
        ({"issuer": "https://issuer.example", "subject": "s", "audience": ""}, "audience"),
        ({"issuer": "https://issuer.example", "subject": "s", "ends_at": NOW}, "ends_at"),
        ({"issuer": "https://issuer.example", "subject": "s", "ends_at": NOW + timedelta(9999)}, "ends_at"),
    ],
)
def test_federated_credential_that_cannot_be_is_named(
    cast: Cast, program: Program, values: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_federated_credential(cast.enter("admin"), program.application.id, **values)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("name", ["member", "reader", "analyst", "lead", "helper"])
def test_who_may_not_manage_applications_makes_and_removes_none(
    cast: Cast, program: Program, name: str
) -> None:
    made = add_secret(cast.enter("admin"), program.application.id)
    with pytest.raises(Forbidden):
        add_secret(cast.enter(name), program.application.id)
    with pytest.raises(Forbidden):
        remove_credential(cast.enter(name), program.application.id, made.credential.id)
    assert credentials_in_force(program.application, NOW).count() == 1


def test_credential_of_another_tenant_is_not_there(cast: Cast, program: Program) -> None:
    made = add_secret(cast.enter("admin"), program.application.id)
    outsider, own = cast.enter("outsider", cast.other), make_program(cast, cast.other)
    with pytest.raises(NotFound):
        add_secret(outsider, program.application.id)
    with pytest.raises(NotFound):
        remove_credential(outsider, program.application.id, made.credential.id)
    with pytest.raises(NotFound):
        remove_credential(outsider, own.application.id, made.credential.id)
    assert not list_credentials(outsider, program.application).exists()


def test_removed_credential_proves_nothing(cast: Cast, program: Program) -> None:
    scope = cast.enter("admin")
    made = add_secret(scope, program.application.id)
    remove_credential(scope, program.application.id, made.credential.id)
    assert not credentials_in_force(program.application, NOW).exists()
    with pytest.raises(NotFound):
        remove_credential(scope, program.application.id, made.credential.id)


def test_an_application_has_so_many_credentials_and_no_more(cast: Cast, program: Program) -> None:
    scope = cast.enter("admin")
    for _number in range(CREDENTIALS_AT_MOST):
        add_secret(scope, program.application.id)
    with pytest.raises(Conflict):
        add_secret(scope, program.application.id)


def test_nobody_proves_to_be_an_application_that_may_more_than_they(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    role = make_role(cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    with pytest.raises(Forbidden) as refused:
        add_secret(cast.enter("member"), program.application.id)
    assert refused.value.permission == Permission.ALERT_READ
    assert not Credential.rows.exists()


def test_that_holds_for_what_other_tenants_granted_too(cast: Cast) -> None:
    program = make_program(cast)
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    role = make_role(cast.provider, "Directory", RolePermission.MANAGE_DIRECTORY)
    assign_role(cast.enter("boss", cast.provider), role.id, user_id=cast.user("helper", cast.provider).id)
    with pytest.raises(Forbidden):
        add_secret(cast.enter("helper", cast.provider), program.application.id)
    add_secret(cast.enter("boss", cast.provider), program.application.id)


def test_nobody_proves_to_be_an_application_for_longer_than_they_may(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    end, role = NOW + timedelta(days=5), cast.role("Global Administrator")
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id, ends_at=end)
    with pytest.raises(Forbidden, match="for a time only"):
        add_secret(cast.enter("member"), program.application.id)
    assert not Credential.rows.exists()
    made = add_secret(cast.enter("member"), program.application.id, ends_at=end)
    assert made.credential.ends_at == end
