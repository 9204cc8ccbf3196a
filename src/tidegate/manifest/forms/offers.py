"""Connected organizations and what is on offer to their people: catalogs, access packages, policies."""

from typing import Annotated

from msgspec import Meta

from tidegate.entitlements.words import ApproverKind, OrganizationState, TargetScope, WithoutAnswer
from tidegate.manifest.forms.base import UNSET, Duration, Email, Form, Moment, State, UnsetType, words_of

type OrganizationStateWord = Annotated[str, words_of(OrganizationState)]
type ApproverKindWord = Annotated[str, words_of(ApproverKind)]
type TargetScopeWord = Annotated[str, words_of(TargetScope)]
type WithoutAnswerWord = Annotated[str, words_of(WithoutAnswer)]
type OrganizationName = Annotated[
    str, Meta(description="A connected organization: its name here, its tenant id or its domain.")
]


class SponsorForm(Form):
    """A user who answers for a connected organization: a member from inside, a guest from outside."""

    user: Email
    state: State = "present"


class OrganizationForm(Form):
    """An outside organization whose people may ask to come in."""

    tenant: Annotated[str, Meta(description="Its tenant id, or a domain of it.")]
    display_name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    organization_state: OrganizationStateWord | UnsetType = UNSET
    sponsors: list[str | SponsorForm] | UnsetType = UNSET
    state: State = "present"


class ApproverForm(Form):
    """Who may decide or review: a user, a group, or a kind of people."""

    kind: ApproverKindWord | UnsetType = UNSET
    user: Email | UnsetType = UNSET
    group: str | UnsetType = UNSET
    is_alternate: bool = False


class StageForm(Form):
    """One approval stage: any one of its approvers decides."""

    approvers: list[ApproverForm]
    time_limit: Duration = "P14D"
    escalate_after: Duration | UnsetType = UNSET
    is_justification_required: bool = True


class QuestionForm(Form):
    """Something a requestor is asked."""

    id: str
    text: str
    is_required: bool = False
    is_long: bool = False
    choices: list[str] = []


class ExpirationForm(Form):
    """When access ends: after a time, or at a moment, or, for a reason in words, never."""

    duration: Duration | UnsetType = UNSET
    ends_at: Moment | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class ReviewForm(Form):
    """How often it is asked whether access is still needed; without reviewers, of the people themselves."""

    starts_at: Moment
    every_months: int = 12
    duration: Duration = "P25D"
    reviewers: list[ApproverForm] = []
    without_answer: WithoutAnswerWord = WithoutAnswer.RECOMMENDATION.value
    is_justification_required: bool = True
    shows_recommendation: bool = True


class PolicyForm(Form):
    """Who may ask for a package, who decides, how long it lasts.

    A break-glass package's policy has one form only: name whose people it is for, and leave the rest out.
    """

    display_name: str
    description: str | UnsetType = UNSET
    target_scope: TargetScopeWord | UnsetType = UNSET
    organizations: list[OrganizationName] | UnsetType = UNSET
    users: list[Email] | UnsetType = UNSET
    groups: list[str] | UnsetType = UNSET
    stages: list[StageForm] | UnsetType = UNSET
    questions: list[QuestionForm] | UnsetType = UNSET
    expiration: ExpirationForm | UnsetType = UNSET
    review: ReviewForm | UnsetType | None = UNSET
    is_justification_required: bool | UnsetType = UNSET
    allows_custom_duration: bool | UnsetType = UNSET
    allows_extension: bool | UnsetType = UNSET
    extension_needs_approval: bool | UnsetType = UNSET
    accepts_requests: bool | UnsetType = UNSET
    state: State = "present"


class ResourceForm(Form):
    """One thing that a package gives: membership of a group, or sight of a device group."""

    group: str | UnsetType = UNSET
    device_group: str | UnsetType = UNSET
    state: State = "present"


class IncompatibleForm(Form):
    """A package that nobody may hold together with this one."""

    package: str
    state: State = "present"


class PackageForm(Form):
    """An access package: a bundle on offer under its policies."""

    display_name: str
    description: str | UnsetType = UNSET
    is_hidden: bool | UnsetType = UNSET
    is_break_glass: bool | UnsetType = UNSET
    resources: list[ResourceForm] | UnsetType = UNSET
    policies: list[PolicyForm] | UnsetType = UNSET
    incompatible_with: list[str | IncompatibleForm] | UnsetType = UNSET
    ends_assignments: Annotated[
        bool, Meta(description="Whether removing it also ends the access of who holds it.")
    ] = False
    state: State = "present"


class CatalogForm(Form):
    """A collection of access packages."""

    display_name: str
    description: str | UnsetType = UNSET
    is_published: bool | UnsetType = UNSET
    is_externally_visible: bool | UnsetType = UNSET
    access_packages: list[PackageForm] | UnsetType = UNSET
