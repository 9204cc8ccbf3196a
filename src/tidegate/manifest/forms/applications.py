"""Applications, what they prove themselves with, and what a tenant lets them do."""

import uuid
from typing import Annotated, Literal

from msgspec import Meta

from tidegate.manifest.forms.base import UNSET, Form, Moment, State, UnsetType

type PermissionName = Annotated[
    str,
    Meta(
        description="An API and one of its permissions. For the application itself, where it can be "
        "granted so; `:delegated` at the end says that it acts for people.",
        examples=["graph/SecurityAlert.Read.All", "graph/SecurityAlert.Read.All:delegated"],
    ),
]
type ApplicationName = Annotated[
    str, Meta(description="A client id; or the name of an application of this tenant or this document.")
]


class SecretForm(Form):
    """A client secret, known by its name. Without `text` one is made and told once.

    A text that differs from what is there takes its place.
    """

    display_name: str = ""
    text: Annotated[str, Meta(min_length=16, max_length=256, pattern=r"^[A-Za-z0-9~._-]+$")] | UnsetType = (
        UNSET
    )
    ends_at: Moment | UnsetType = UNSET
    state: State = "present"


class CertificateForm(Form):
    """A certificate (PEM, without its key) with which the application signs what proves it."""

    pem: str
    display_name: str | UnsetType = UNSET
    ends_at: Moment | UnsetType = UNSET
    state: State = "present"


class FederatedCredentialForm(Form):
    """Another issuer's token for exactly this subject proves the application."""

    issuer: str
    subject: str
    audience: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    ends_at: Moment | UnsetType = UNSET
    state: State = "present"


class RedirectForm(Form):
    """An address to which codes may be sent, and the kind of client that waits there."""

    uri: str
    platform: Literal["web", "spa", "publicClient"] = "web"


class ApplicationForm(Form):
    """A registered client, known by its client id, or by its name in the tenant where none is given."""

    client_id: uuid.UUID | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    sign_in_audience: Literal["AzureADMyOrg", "AzureADMultipleOrgs"] | UnsetType = UNSET
    redirect_uris: list[str | RedirectForm] | UnsetType = UNSET
    logout_url: str | UnsetType = UNSET
    allows_public_client: bool | UnsetType = UNSET
    required_permissions: list[PermissionName] | UnsetType = UNSET
    is_disabled: bool | UnsetType = UNSET
    secrets: list[SecretForm] | UnsetType = UNSET
    certificates: list[CertificateForm] | UnsetType = UNSET
    federated_credentials: list[FederatedCredentialForm] | UnsetType = UNSET
    state: State = "present"


class ConsentForm(Form):
    """The tenant lets an application do these things, for everybody in it, until the end.

    A year if no end is given; with `ends_at: null` there is none, for a `reason` in words. Absent, it
    takes back these permissions; with no permissions named, the application is let in no more.
    """

    application: ApplicationName
    permissions: list[PermissionName] = []
    ends_at: Moment | UnsetType | None = UNSET
    reason: str | UnsetType = UNSET
    is_disabled: bool | UnsetType = UNSET
    state: State = "present"


class SiemAuthorizationForm(Form):
    """The tenant lets a provider's application fetch its alerts for a SIEM, also a single-tenant one."""

    application: ApplicationName
    ends_at: Moment | UnsetType | None = UNSET
    reason: str | UnsetType = UNSET
    state: State = "present"
