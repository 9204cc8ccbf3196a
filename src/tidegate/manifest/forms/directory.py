"""A tenant's directory: its domains, people, groups and roles."""

from typing import Annotated, Literal

from msgspec import Meta

from tidegate.authorization.permissions import RolePermission
from tidegate.manifest.forms.base import UNSET, Email, Form, Moment, State, UnsetType


class DomainForm(Form):
    """A DNS name of the tenant, taken as verified on the operator's word."""

    name: str
    is_default: Annotated[bool, Meta(description="Makes it the default; there is always one.")] = False
    state: State = "present"


class RoleForm(Form):
    """A role of the tenant's own, of lines of the permission table. Built-in roles need not be named."""

    display_name: str
    description: str | UnsetType = UNSET
    role_permissions: list[RolePermission] | UnsetType = UNSET
    state: State = "present"


class RoleGivenForm(Form):
    """A role as a group or a user holds it, from now until its end."""

    role: str
    ends_at: Moment | UnsetType | None = UNSET
    state: State = "present"


type RoleGiven = Annotated[str | RoleGivenForm, Meta(description="A role by its name, or with its end.")]


class UserForm(Form):
    """A person in the tenant, known by their address: a member, or a guest from elsewhere.

    Somebody who has no account yet gets one with `password`, or, as a member, with one that is made and
    told once. A guest who has no account and no password is invited. An account that exists keeps its
    name and password.
    """

    email: Email
    user_type: (
        Annotated[Literal["member", "guest"], Meta(description="Of a new user; a member if it is not said.")]
        | UnsetType
    ) = UNSET
    display_name: Annotated[str, Meta(description="The name of a new account.")] | UnsetType = UNSET
    password: Annotated[str, Meta(description="What a new account signs in with.")] | UnsetType = UNSET
    starts_at: Annotated[Moment, Meta(description="For a new guest.")] | UnsetType = UNSET
    ends_at: Moment | UnsetType | None = UNSET
    endless_reason: (
        Annotated[str, Meta(description="Why a guest's access has no end; without it, it gets one.")]
        | UnsetType
    ) = UNSET
    is_blocked: bool | UnsetType = UNSET
    manager: Annotated[Email, Meta(description="Of a member.")] | UnsetType | None = UNSET
    roles: list[RoleGiven] | UnsetType = UNSET
    state: State = "present"


class MembershipForm(Form):
    """A user's time in a group, from now until its end."""

    user: Email
    ends_at: Moment | UnsetType | None = UNSET
    state: State = "present"


type Member = Annotated[str | MembershipForm, Meta(description="A user by their address, or with an end.")]


class GroupForm(Form):
    """A group, the roles it gives, and who is in it."""

    display_name: str
    description: str | UnsetType = UNSET
    roles: list[RoleGiven] | UnsetType = UNSET
    members: list[Member] | UnsetType = UNSET
    state: State = "present"
