"""Several tenants in which one person holds different roles, each with one of everything that lists show."""

from dataclasses import dataclass, field
from datetime import datetime

from tests.applications import app_permissions, let_in, make_program
from tests.cast import NOW, Cast, days, import_all, join_as_guest, scope_with
from tests.entitlements.offering import make_package, make_policy
from tests.notifications.ruling import make_rule
from tests.web.queue_pages import some_incident
from tidegate.accounts.actions import create_account
from tidegate.audit.actions import append
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import OPERATOR
from tidegate.core.ids import uuid7
from tidegate.devices.models import DeviceGroup
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.tenants import create_tenant
from tidegate.directory.models import Group, ServicePrincipal, Tenant, User
from tidegate.entitlements.models import AccessReview, Assignment, ConnectedOrganization
from tidegate.feeds.models import Consumer
from tidegate.gate.opening import open as open_gate
from tidegate.notifications.models import Delivery
from tidegate.oauth.models import SignIn

MADE = datetime.fromisoformat("2026-03-09T09:00:00+00:00")


@dataclass(frozen=True)
class Many:
    """`reads` may be read by the analyst and no more, in `manages` they do everything; elsewhere tier 1."""

    cast: Cast
    reads: Tenant
    manages: Tenant
    further: list[Tenant] = field(default_factory=list)


def make_many(cast: Cast) -> Many:
    reads = add_tenant(cast, "Reads Only", BuiltInRole.SECURITY_READER)
    manages = add_tenant(cast, "Manages All", BuiltInRole.GLOBAL_ADMINISTRATOR)
    fill(cast, reads, "READS")
    fill(cast, manages, "MANAGES")
    fill(cast, cast.customer, "WITHHELD")
    fill(cast, cast.other, "LEAKED")
    return Many(cast, reads, manages)


def add_tenant(cast: Cast, name: str, role: BuiltInRole) -> Tenant:
    """Another customer, in which the analyst is a guest with this role."""
    domain = f"{name.lower().replace(' ', '-')}.example"
    mayor = cast.accounts[name] = create_account(f"mayor@{domain}", None, f"Mayor of {name}")
    tenant = create_tenant(OPERATOR, display_name=name, administrator=mayor, domain=domain)
    scope = open_gate(cast.actor(name), str(tenant.id))
    guest = join_as_guest(scope, cast.accounts["analyst"])
    assign_role(scope, cast.role(role, tenant).id, user_id=guest.id)
    return tenant


def fill(cast: Cast, tenant: Tenant, mark: str) -> None:
    """One of everything, named by a mark that pages are searched for."""
    user = User.objects.of_tenant(tenant.id).order_by("id")[0]
    User.objects.of_tenant(tenant.id).filter(id=user.id).update(display_name=f"{mark} user")
    group = Group.rows.create(tenant=tenant, display_name=f"{mark} group", created_at=MADE)
    role = cast.role(BuiltInRole.SECURITY_READER, tenant)
    assign_role(scope_with(tenant, *Permission), role.id, group_id=group.id)
    DeviceGroup.rows.create(tenant=tenant, display_name=f"{mark} machines", rank=7, created_at=MADE)
    _fill_programs(cast, tenant, mark)
    _fill_access(tenant, mark, user)
    rule = make_rule(scope_with(tenant, *Permission, user_id=user.id), display_name=f"{mark} rule")
    Delivery.rows.create(
        tenant=tenant, rule_id=rule.id, kind="mail", purpose="notification", state="failed",
        email=f"{mark}@mail.example", created_at=MADE, settled_at=MADE, try_at=MADE, queued_at=MADE,
    )  # fmt: skip
    import_all(tenant, [some_incident(5, displayName=f"{mark} incident")])
    append(tenant.id, OPERATOR, "group.created", details={})
    SignIn.rows.create(
        tenant=tenant, hour_at=MADE, digest=mark, count=3, first_at=MADE, last_at=MADE, grant="refresh_token",
        client_id=uuid7(), client_name=f"{mark} client",
    )  # fmt: skip


def _fill_programs(cast: Cast, tenant: Tenant, mark: str) -> None:
    program = make_program(cast)
    let_in(program, tenant, *app_permissions(Resource.SIEM, "Alerts.Fetch.All"))
    own = ServicePrincipal.rows.filter(tenant=tenant, client_id=program.application.client_id)
    own.update(display_name=f"{mark} program")
    make_program(cast, tenant)
    Consumer.rows.create(
        tenant=tenant, client_id=program.application.client_id, feed="siem", covered_until=NOW - days(2),
        last_fetched_at=NOW - days(2),
    )  # fmt: skip


def _fill_access(tenant: Tenant, mark: str, user: User) -> None:
    package = make_package(tenant, f"{mark} package")
    policy = make_policy(package)
    ConnectedOrganization.rows.create(
        tenant=tenant, display_name=f"{mark} organization", source_domain="partner.example", created_at=MADE
    )
    Assignment.rows.create(
        tenant=tenant, package_id=package.id, policy_id=policy.id, user_id=user.id, starts_at=MADE,
        created_at=MADE,
    )  # fmt: skip
    AccessReview.rows.create(
        tenant=tenant, policy_id=policy.id, display_name=f"{mark} review", state="inProgress", starts_at=MADE,
        ends_at=NOW + days(3),
    )  # fmt: skip
