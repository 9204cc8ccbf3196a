"""What is declared of the directory and all that is about it is what is served."""

import re

import pytest
from django.urls import resolve

from tests.cast import Cast
from tests.graph.our_description import faults
from tests.graph.speaking import speak
from tests.graph.test_official import READ, fill
from tidegate.graph.audit.urls import urlpatterns as audit_urls
from tidegate.graph.description.parts import all_operations
from tidegate.graph.directory.urls import urlpatterns as directory_urls
from tidegate.graph.entitlement.urls import urlpatterns as entitlement_urls
from tidegate.graph.subscriptions.urls import urlpatterns as subscription_urls

ROOT = "identityGovernance/entitlementManagement"
PATHS = (
        "organization", "users", "users?$select=id,identities,userType", "groups", "servicePrincipals",
        "applications", "auditLogs/directoryAudits?$top=5", f"{ROOT}/settings", f"{ROOT}/catalogs",
        f"{ROOT}/accessPackages?$expand=catalog,assignmentPolicies,resourceRoleScopes($expand=role,scope)",
        f"{ROOT}/assignmentPolicies", f"{ROOT}/assignmentRequests?$expand=accessPackage,assignment,requestor",
        f"{ROOT}/assignments?$expand=accessPackage,assignmentPolicy,target",
        f"{ROOT}/accessPackageAssignmentApprovals?$expand=stages",
        f"{ROOT}/connectedOrganizations?$expand=internalSponsors",
)  # fmt: skip


def test_every_address_is_declared_and_every_declared_one_served() -> None:
    paths = {operation.path for operation in all_operations() if not operation.path.startswith("/security/")}

    found = {str(resolve("/v1.0" + re.sub(r"\{[^}]+\}", "x", path)).route) for path in paths}

    patterns = [*directory_urls, *entitlement_urls, *audit_urls, *subscription_urls]
    assert found == {f"v1.0/{str(pattern.pattern).lstrip('^')}" for pattern in patterns}


@pytest.mark.usefixtures("now")
def test_answers_are_as_we_describe_them(cast: Cast) -> None:
    fill(cast)
    program = speak(cast, *READ, "Directory.Read.All", "AuditLog.Read.All")

    assert {path: faults("GET", path, program.get(path).body) for path in PATHS} == {
        path: [] for path in PATHS
    }
