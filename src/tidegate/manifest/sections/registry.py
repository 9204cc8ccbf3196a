"""All sections, in the order in which they are made; they are cleared in the opposite one.

Each goes over all tenants before the next begins: a consent may name another tenant's application, a
guest somebody who is a member elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from tidegate.authorization.scope import Scope
from tidegate.manifest.desk import Desk
from tidegate.manifest.sections.applications import (
    clear_application,
    describe_applications,
    settle_application,
)
from tidegate.manifest.sections.catalogs import (
    clear_catalog,
    describe_catalogs,
    settle_catalog,
    settle_kept_apart,
)
from tidegate.manifest.sections.consents import (
    clear_consent,
    clear_siem,
    describe_consents,
    describe_siem,
    settle_consent,
    settle_siem,
)
from tidegate.manifest.sections.device_groups import (
    clear_device_group,
    describe_device_groups,
    settle_device_group,
    settle_ranks,
)
from tidegate.manifest.sections.domains import clear_domain, describe_domains, settle_domain
from tidegate.manifest.sections.groups import clear_group, describe_groups, settle_group
from tidegate.manifest.sections.notification_rules import (
    clear_notification_rule,
    describe_notification_rules,
    settle_notification_rule,
)
from tidegate.manifest.sections.organizations import (
    clear_organization,
    describe_organizations,
    settle_organization,
)
from tidegate.manifest.sections.roles import clear_role, describe_roles, settle_role
from tidegate.manifest.sections.service_levels import (
    clear_service_level,
    describe_service_levels,
    settle_service_level,
)
from tidegate.manifest.sections.tenant_groups import (
    clear_customer_tag,
    clear_tenant_group,
    describe_customer_tags,
    describe_tenant_groups,
    make_tenant_group,
    settle_customer_tag,
    settle_tenant_group,
)
from tidegate.manifest.sections.users import (
    clear_user,
    describe_users,
    settle_duties,
    settle_guest,
    settle_member,
)

# The items of different members have different forms; each section knows its own.
type Item = Any


@dataclass(frozen=True, slots=True)
class Section:
    """What is done with the items of one member of a tenant's form.

    `settle` makes one that is not `absent` so; `clear` removes one that is, and what is absent in one that
    is not; `arrange` gets all that are not `absent` together; `describe` gives those that are there. A
    member may need several rounds.
    """

    member: str
    settle: Callable[[Desk, Item], None] | None = None
    clear: Callable[[Desk, Item], None] | None = None
    describe: Callable[[Scope], list[Item]] | None = None
    arrange: Callable[[Desk, list[Item]], None] | None = None


SECTIONS: Final = (
    Section("domains", settle_domain, clear_domain, describe_domains),
    Section("roles", settle_role, clear_role, describe_roles),
    Section("users", settle_member, clear_user, describe_users),
    Section("users", settle_guest),
    Section("users", settle_duties),
    Section("groups", settle_group, clear_group, describe_groups),
    Section("device_groups", settle_device_group, clear_device_group, describe_device_groups),
    Section("device_groups", arrange=settle_ranks),
    Section("service_levels", settle_service_level, clear_service_level, describe_service_levels),
    Section("customer_tags", settle_customer_tag, clear_customer_tag, describe_customer_tags),
    Section("tenant_groups", make_tenant_group, clear_tenant_group, describe_tenant_groups),
    Section("tenant_groups", settle_tenant_group),
    Section(
        "notification_rules", settle_notification_rule, clear_notification_rule, describe_notification_rules
    ),
    Section("applications", settle_application, clear_application, describe_applications),
    Section("consents", settle_consent, clear_consent, describe_consents),
    Section("siem_authorizations", settle_siem, clear_siem, describe_siem),
    Section("connected_organizations", settle_organization, clear_organization, describe_organizations),
    Section("catalogs", settle_catalog, clear_catalog, describe_catalogs),
    Section("catalogs", settle_kept_apart),
)
