"""Notification rules."""

from typing import Annotated

from msgspec import Meta

from tidegate.manifest.forms.base import UNSET, Email, Form, State, UnsetType, words_of
from tidegate.notifications.words import About, Cadence, Reach

type AboutWord = Annotated[str, words_of(About)]
type ReachWord = Annotated[str, words_of(Reach)]
type CadenceWord = Annotated[str, words_of(Cadence)]
type SeverityWord = Annotated[
    str,
    Meta(extra_json_schema={"enum": ["unknown", "informational", "low", "medium", "high"]}),
]
type TimeOfDay = Annotated[str, Meta(description="A time in the rule's time zone.", examples=["22:00"])]


class RecipientForm(Form):
    """Somebody to be told: exactly one of an address, a user's inbox, a channel or a rota of the tenant."""

    email: Email | UnsetType = UNSET
    inbox: Annotated[Email, Meta(description="A user who may enter.")] | UnsetType = UNSET
    channel: str | UnsetType = UNSET
    rota: str | UnsetType = UNSET
    step: Annotated[int, Meta(ge=0, description="0 is told at once.")] = 0


class NotificationRuleForm(Form):
    """What is told of the tenant's alerts or incidents, or of others' that `owner` sees; to whom and when."""

    display_name: str
    owner: (
        Annotated[Email, Meta(description="A user of the tenant, whose eyes a new rule has.")] | UnsetType
    ) = UNSET
    description: str | UnsetType = UNSET
    about: AboutWord | UnsetType = UNSET
    reach: (
        Annotated[ReachWord, Meta(description="Of which tenants it tells. Without: of this one.")] | UnsetType
    ) = UNSET
    tenants: (
        Annotated[
            list[str],
            Meta(description="Ids or domains: with `chosen` those it is about, else those it leaves out."),
        ]
        | UnsetType
    ) = UNSET
    tenant_group: (
        Annotated[str, Meta(description="With `group`: a shared tenant group of this tenant, by name.")]
        | UnsetType
    ) = UNSET
    severities: list[SeverityWord] | UnsetType = UNSET
    categories: list[str] | UnsetType = UNSET
    sources: list[str] | UnsetType = UNSET
    device_groups: list[str] | UnsetType = UNSET
    includes_organization_name: bool | UnsetType = UNSET
    includes_tenant_link: bool | UnsetType = UNSET
    includes_devices: bool | UnsetType = UNSET
    is_once_per_incident: bool | UnsetType = UNSET
    cadence: CadenceWord | UnsetType = UNSET
    digest_minutes: int | UnsetType | None = UNSET
    digest_at: TimeOfDay | UnsetType | None = UNSET
    quiet_from: TimeOfDay | UnsetType | None = UNSET
    quiet_until: TimeOfDay | UnsetType | None = UNSET
    time_zone: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    escalate_after: Annotated[list[int], Meta(description="Minutes, one for each step.")] | UnsetType = UNSET
    recipients: list[str | RecipientForm] | UnsetType = UNSET
    is_paused: bool | UnsetType = UNSET
    state: State = "present"
