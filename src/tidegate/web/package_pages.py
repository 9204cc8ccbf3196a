"""The page of one access package, which several views show: with a form that was refused, or as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from tidegate.authorization.permissions import Permission
from tidegate.devices.groups import list_device_groups
from tidegate.directory.queries import default_domain, list_groups
from tidegate.entitlements.catalog_queries import (
    count_assignments,
    count_requests,
    list_incompatible,
    list_packages,
    list_policies,
    list_resource_roles,
    list_targets,
)
from tidegate.entitlements.models import AccessPackage, AssignmentPolicy, PolicyTarget
from tidegate.web.forms.packages import ApartForm, ResourceForm
from tidegate.web.links import durable_link, package_path
from tidegate.web.policy_words import PolicyRow, describe_policy
from tidegate.web.visit import Visit

KEY: Final = "access_packages"
READ: Final = Permission.ENTITLEMENT_READ
MANAGE: Final = Permission.ENTITLEMENT_MANAGE
_NO_FORMS: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages of a package, as the segments component wants it."""

    label: str
    url: str
    count: int | None = None
    current: bool = False


def render_package(
    visit: Visit, package: AccessPackage, forms: Mapping[str, Any] = _NO_FORMS, status: int = 200
) -> HttpResponse:
    """The first page of a package. `forms` holds those that were refused, by name, and what was foreseen."""
    may_manage = visit.scope.allows(MANAGE)
    context = {
        "package": package,
        "tabs": tabs(visit, package, "access_package"),
        "resources": list(list_resource_roles(visit.scope, package.id)),
        "policies": policy_rows(visit, package),
        "apart": list(list_incompatible(visit.scope, package.id)),
        "links": package_links(visit, package),
        "may_manage": may_manage,
        **(_fresh_forms(visit, package) if may_manage else {}),
        **forms,
    }
    template = "web/access_packages/show.html"
    return visit.render(template, context, status, of=f"access_package:{package.id}")


def resource_form(visit: Visit, data: Any = None) -> ResourceForm:
    """What may be put in a package."""
    device_groups = (
        list(list_device_groups(visit.scope)) if visit.scope.allows(Permission.DEVICE_GROUP_READ) else []
    )
    return ResourceForm(data, groups=list(list_groups(visit.scope)), device_groups=device_groups)


def apart_form(visit: Visit, package: AccessPackage, data: Any = None) -> ApartForm:
    """The other packages."""
    return ApartForm(data, packages=list(list_packages(visit.scope).exclude(id=package.id)))


def policy_rows(visit: Visit, package: AccessPackage) -> list[PolicyRow]:
    """The policies of a package in words. Two statements and those that names need."""
    targets = list(list_targets(visit.scope, package.id))
    return [
        describe_policy(visit.scope, policy, _of(policy, targets))
        for policy in list_policies(visit.scope, package.id)
    ]


def package_links(visit: Visit, package: AccessPackage) -> tuple[str, str]:
    """The durable link in Microsoft's spelling, and the one that needs no script."""
    domain = default_domain(visit.scope.tenant_id)
    return durable_link(domain, package.id), f"{settings.BASE_URL}{package_path(domain, package.id)}"


def tabs(visit: Visit, package: AccessPackage, current: str) -> list[Tab]:
    """The pages of a package: what it is, who holds it, who asked."""
    held = sum(count_assignments(visit.scope, package.id).values())
    asked = sum(count_requests(visit.scope, package.id).values())
    pages = (
        ("access_package", _("Package"), None),
        ("package_assignments", _("Assignments"), held),
        ("package_requests", _("Requests"), asked),
    )
    return [Tab(label, visit.link(name, package.id), count, name == current) for name, label, count in pages]


def crumbs(visit: Visit, package: AccessPackage | None = None) -> list[tuple[str, str]]:
    """The way to a page about packages, and about one of them."""
    way = [(_("Access packages"), visit.link("access_packages"))]
    return way + ([(package.display_name, visit.link("access_package", package.id))] if package else [])


def _fresh_forms(visit: Visit, package: AccessPackage) -> dict[str, Any]:
    return {"resource_form": resource_form(visit), "apart_form": apart_form(visit, package)}


def _of(policy: AssignmentPolicy, targets: list[PolicyTarget]) -> list[PolicyTarget]:
    return [target for target in targets if target.policy_id == policy.id]
