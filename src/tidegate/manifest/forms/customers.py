"""What a provider keeps about its customers: service levels, tags, tenant groups."""

from typing import Annotated

from msgspec import Meta

from tidegate.manifest.forms.base import UNSET, Form, State, UnsetType

type LevelSeverity = Annotated[
    str, Meta(extra_json_schema={"enum": ["high", "medium", "low", "informational"]})
]
type Weekday = Annotated[
    str,
    Meta(
        extra_json_schema={
            "enum": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        }
    ),
]
type Span = Annotated[str, Meta(description="Times of a day.", examples=["09:00-17:00"])]
type TenantName = Annotated[str, Meta(description="A tenant's id or one of its verified domains.")]


class TargetForm(Form):
    """Minutes until somebody has taken it on, and until it is resolved."""

    acknowledge: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    resolve: Annotated[int, Meta(ge=1)] | UnsetType = UNSET


class LevelCustomerForm(Form):
    """A customer that has a service level, or that is to have it no more."""

    tenant: TenantName
    state: State = "present"


class ServiceLevelForm(Form):
    """How soon the tenant answers its customers, and which of them have it."""

    display_name: str
    targets: dict[LevelSeverity, TargetForm] | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    week: (
        Annotated[
            dict[Weekday, list[Span]] | None,
            Meta(description="Business hours; a day that is not named is off. Null is around the clock."),
        ]
        | UnsetType
    ) = UNSET
    holidays: Annotated[dict[str, str], Meta(description="Names of days off, by date.")] | UnsetType = UNSET
    around_the_clock: (
        Annotated[list[LevelSeverity], Meta(description="Counted whatever the hours say.")] | UnsetType
    ) = UNSET
    warn_percent: (
        Annotated[int, Meta(ge=0, le=99, description="How much of a time has passed when it is warned of.")]
        | UnsetType
    ) = UNSET
    customers: list[TenantName | LevelCustomerForm] | UnsetType = UNSET
    state: State = "present"


class CustomerTagForm(Form):
    """A tag that the tenant puts on a customer."""

    tenant: TenantName
    tag: str
    state: State = "present"


class SelectionForm(Form):
    """Tenants, each by any of these."""

    tenants: list[TenantName] | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    countries: list[str] | UnsetType = UNSET
    service_levels: list[str] | UnsetType = UNSET
    groups: Annotated[list[str], Meta(description="Other shared tenant groups.")] | UnsetType = UNSET


class TenantGroupForm(Form):
    """A tenant group that every member of the tenant may use. What is given stands for the whole rule."""

    display_name: str
    takes_all: bool | UnsetType = UNSET
    include: SelectionForm | UnsetType = UNSET
    exclude: SelectionForm | UnsetType = UNSET
    state: State = "present"
