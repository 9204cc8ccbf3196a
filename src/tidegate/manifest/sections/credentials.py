"""What an application proves itself with: secrets by their name, certificates by their key, other issuers."""

import base64
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from django.db.models import QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.directory.actions.credentials import (
    add_certificate,
    add_federated_credential,
    add_secret,
    hash_secret,
    remove_credential,
)
from tidegate.directory.applications import credentials_in_force, list_credentials
from tidegate.directory.models import Application, Credential
from tidegate.manifest.desk import Desk, Made, MadeKind, plain
from tidegate.manifest.forms.applications import (
    ApplicationForm,
    CertificateForm,
    FederatedCredentialForm,
    SecretForm,
)
from tidegate.manifest.forms.base import UNSET, UnsetType
from tidegate.manifest.times import read_moment, write_moment

DEFAULT_AUDIENCE = "api://AzureADTokenExchange"

type Proof = SecretForm | CertificateForm | FederatedCredentialForm


def settle_credentials(desk: Desk, form: ApplicationForm, application: Application) -> None:
    """Add what is not there; put given secrets in the place of others of their names."""
    desk.each("secrets", form.secrets, lambda at, one: _settle_secret(at, one, application))
    desk.each("certificates", form.certificates, lambda at, one: _settle_certificate(at, one, application))
    desk.each(
        "federated_credentials",
        form.federated_credentials,
        lambda at, one: _settle_federated(at, one, application),
    )


def clear_credentials(desk: Desk, form: ApplicationForm, application: Application) -> None:
    """Remove what is to go."""

    def clear(at: Desk, one: Proof) -> None:
        if one.state == "absent":
            _remove(at, application, _same(at.scope, application, one))

    desk.each("secrets", form.secrets, clear)
    desk.each("certificates", form.certificates, clear)
    desk.each("federated_credentials", form.federated_credentials, clear)


def describe_credentials(scope: Scope, application: Application, form: ApplicationForm) -> None:
    """Put into an application's form what proves it now: of secrets the name and the end, never the hash."""
    rows = list(credentials_in_force(application, clock.now()).order_by("-ends_at", "id"))
    kinds = Credential.Kind
    # The last ending of each name stands for those of the same name.
    secrets = {one.display_name: one for one in reversed(rows) if one.kind == kinds.SECRET}
    form.secrets = [SecretForm(display_name=name, ends_at=_end(one)) for name, one in sorted(secrets.items())]
    form.certificates = [
        CertificateForm(pem=one.certificate, display_name=one.display_name, ends_at=_end(one))
        for one in rows
        if one.kind == kinds.CERTIFICATE
    ]
    form.federated_credentials = [
        FederatedCredentialForm(
            issuer=one.issuer,
            subject=one.subject,
            audience=one.audience,
            display_name=one.display_name,
            ends_at=_end(one),
        )
        for one in rows
        if one.kind == kinds.FEDERATED
    ]


def _settle_secret(desk: Desk, form: SecretForm, application: Application) -> None:
    if form.state == "absent":
        return
    rows = list(_same(desk.scope, application, form))
    ends_at = _wanted_end(form.ends_at)
    fitting = [one for one in rows if form.text is UNSET or one.secret_hash == hash_secret(form.text)]
    if any(ends_at is None or one.ends_at == ends_at for one in fitting):
        return
    if fitting and form.text is UNSET:
        raise Conflict("the end of a secret cannot be moved: give the new one another name")
    _remove(desk, application, _same(desk.scope, application, form))
    made = add_secret(
        desk.scope,
        application.id,
        display_name=form.display_name,
        ends_at=ends_at,
        text="" if form.text is UNSET else form.text,
    )
    if form.text is UNSET:
        client_id, name = str(application.client_id), made.credential.display_name
        desk.run.made.append(Made(MadeKind.SECRET, desk.scope.tenant_id, client_id, name, made.text))
    desk.note(f"give application {application.display_name} {_name(made.credential)}")


def _settle_certificate(desk: Desk, form: CertificateForm, application: Application) -> None:
    if form.state == "absent" or _is_there(desk, form, application):
        return
    made = add_certificate(
        desk.scope,
        application.id,
        pem=form.pem,
        display_name="" if form.display_name is UNSET else form.display_name,
        ends_at=_wanted_end(form.ends_at),
    )
    desk.note(f"give application {application.display_name} {_name(made)}")


def _settle_federated(desk: Desk, form: FederatedCredentialForm, application: Application) -> None:
    if form.state == "absent" or _is_there(desk, form, application):
        return
    made = add_federated_credential(
        desk.scope,
        application.id,
        issuer=form.issuer,
        subject=form.subject,
        audience=DEFAULT_AUDIENCE if form.audience is UNSET else form.audience,
        display_name="" if form.display_name is UNSET else form.display_name,
        ends_at=_wanted_end(form.ends_at),
    )
    desk.note(f"give application {application.display_name} {_name(made)}")


def _is_there(desk: Desk, form: CertificateForm | FederatedCredentialForm, application: Application) -> bool:
    """Whether it is there with that end; where the end is another, it is removed, to be added anew."""
    rows, ends_at = _same(desk.scope, application, form), _wanted_end(form.ends_at)
    if any(ends_at is None or one.ends_at == ends_at for one in rows):
        return True
    _remove(desk, application, rows)
    return False


def _same(scope: Scope, application: Application, form: Proof) -> QuerySet[Credential]:
    """The credentials in force that a form means."""
    rows = list_credentials(scope, application).filter(ends_at__gt=clock.now())
    if isinstance(form, SecretForm):
        return rows.filter(kind=Credential.Kind.SECRET, display_name__iexact=plain(form.display_name))
    if isinstance(form, CertificateForm):
        return rows.filter(x5t_s256=_thumbprint(form.pem))
    audience = DEFAULT_AUDIENCE if form.audience is UNSET else plain(form.audience)
    return rows.filter(issuer=plain(form.issuer), subject=plain(form.subject), audience=audience)


def _remove(desk: Desk, application: Application, rows: QuerySet[Credential]) -> None:
    for credential in rows:
        remove_credential(desk.scope, application.id, credential.id)
        desk.note(f"take from application {application.display_name} {_name(credential)}")


def _wanted_end(text: str | UnsetType) -> datetime | None:
    return None if text is UNSET else read_moment(text)


def _end(credential: Credential) -> str | UnsetType:
    return write_moment(credential.ends_at) if credential.ends_at else UNSET


def _name(credential: Credential) -> str:
    about = credential.display_name or credential.subject or credential.x5t
    return f"{'a' if not about else 'the'} {credential.kind} {about}".rstrip()


def _thumbprint(pem: str) -> str:
    try:
        certificate = x509.load_pem_x509_certificate(pem.strip().encode())
    except ValueError:
        raise InvalidInput(fields={"pem": "must be one X.509 certificate in PEM"}) from None
    return base64.urlsafe_b64encode(certificate.fingerprint(SHA256())).decode().rstrip("=")
