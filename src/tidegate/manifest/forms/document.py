"""The whole document."""

import uuid
from typing import Annotated, Literal

from msgspec import Meta

from tidegate.manifest.forms.applications import ApplicationForm, ConsentForm, SiemAuthorizationForm
from tidegate.manifest.forms.base import UNSET, Email, Form, UnsetType
from tidegate.manifest.forms.customers import CustomerTagForm, ServiceLevelForm, TenantGroupForm
from tidegate.manifest.forms.devices import DeviceGroupForm
from tidegate.manifest.forms.directory import DomainForm, GroupForm, RoleForm, UserForm
from tidegate.manifest.forms.notifications import NotificationRuleForm
from tidegate.manifest.forms.offers import CatalogForm, OrganizationForm


class TenantForm(Form):
    """One organization's directory, known by its id, or by a verified domain where none is given.

    A tenant that is not there is created: it then needs a name, and a member who holds the role Global
    Administrator without an end.
    """

    id: uuid.UUID | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    country: Annotated[str, Meta(description="Two letters (ISO 3166-1).")] | UnsetType = UNSET
    data_location: str | UnsetType = UNSET
    technical_contact: Email | UnsetType = UNSET
    privacy_contact: Email | UnsetType = UNSET
    privacy_statement_url: str | UnsetType = UNSET
    is_discoverable: bool | UnsetType = UNSET
    domains: list[str | DomainForm] | UnsetType = UNSET
    roles: list[RoleForm] | UnsetType = UNSET
    users: list[UserForm] | UnsetType = UNSET
    groups: list[GroupForm] | UnsetType = UNSET
    device_groups: list[DeviceGroupForm] | UnsetType = UNSET
    service_levels: list[ServiceLevelForm] | UnsetType = UNSET
    customer_tags: list[CustomerTagForm] | UnsetType = UNSET
    tenant_groups: list[TenantGroupForm] | UnsetType = UNSET
    notification_rules: list[NotificationRuleForm] | UnsetType = UNSET
    applications: list[ApplicationForm] | UnsetType = UNSET
    consents: list[ConsentForm] | UnsetType = UNSET
    siem_authorizations: list[SiemAuthorizationForm] | UnsetType = UNSET
    connected_organizations: list[OrganizationForm] | UnsetType = UNSET
    catalogs: list[CatalogForm] | UnsetType = UNSET


class Document(Form):
    """Tenants and what is in them. Only what is named is changed; only `state: absent` removes."""

    version: Literal[1]
    tenants: list[TenantForm]
