"""What is declared of this part."""

from typing import Final

from tidegate.graph.declaring import done, listed, made, shown
from tidegate.graph.directory.types import DIRECTORY_OBJECT, REFERENCE
from tidegate.graph.entitlement import resources, types
from tidegate.graph.model import Form, Operation, Part

_READS: Final = ("EntitlementManagement.Read.All", "EntitlementManagement.ReadWrite.All")
_WRITES: Final = _READS[-1]
_ROOT: Final = "/identityGovernance/entitlementManagement"
_CATALOGS: Final = f"{_ROOT}/catalogs"
_CATALOG: Final = f"{_CATALOGS}/{{accessPackageCatalog-id}}"
_PACKAGES: Final = f"{_ROOT}/accessPackages"
_PACKAGE: Final = f"{_PACKAGES}/{{accessPackage-id}}"
_APART: Final = f"{_PACKAGE}/incompatibleAccessPackages"
_GIVEN: Final = f"{_PACKAGE}/resourceRoleScopes"
_POLICIES: Final = f"{_ROOT}/assignmentPolicies"
_POLICY: Final = f"{_POLICIES}/{{accessPackageAssignmentPolicy-id}}"
_REQUESTS: Final = f"{_ROOT}/assignmentRequests"
_REQUEST: Final = f"{_REQUESTS}/{{accessPackageAssignmentRequest-id}}"
_ASSIGNMENTS: Final = f"{_ROOT}/assignments"
_ASSIGNMENT: Final = f"{_ASSIGNMENTS}/{{accessPackageAssignment-id}}"
_APPROVALS: Final = f"{_ROOT}/accessPackageAssignmentApprovals"
_APPROVAL: Final = f"{_APPROVALS}/{{approval-id}}"
_ORGANIZATIONS: Final = f"{_ROOT}/connectedOrganizations"
_ORGANIZATION: Final = f"{_ORGANIZATIONS}/{{connectedOrganization-id}}"
_OWN: Final = "filterByCurrentUser(on='{on}')"

_OF_CATALOGS: Final = (
    *listed(_CATALOGS, "Catalogs", types.CATALOG, _READS, resources.CATALOGS),
    made(_CATALOGS, "Make a catalog", types.CATALOG, _WRITES),
    shown(_CATALOG, "One catalog", types.CATALOG, _READS, resources.CATALOGS),
    done("PATCH", _CATALOG, "Change a catalog", _WRITES, types.CATALOG),
    *listed(f"{_CATALOG}/accessPackages", "Its packages", types.PACKAGE, _READS, resources.PACKAGES,
            is_counted=False),
)  # fmt: skip
_OF_PACKAGES: Final = (
    *listed(_PACKAGES, "Access packages", types.PACKAGE, _READS, resources.PACKAGES),
    *listed(f"{_PACKAGES}/{_OWN}", "What is offered to the person acted for", types.PACKAGE, _READS,
            resources.OFFERED, is_counted=False),
    made(_PACKAGES, "Make an empty package", types.PACKAGE, _WRITES),
    shown(_PACKAGE, "One package", types.PACKAGE, _READS, resources.PACKAGES),
    done("PATCH", _PACKAGE, "Change a package", _WRITES, types.PACKAGE),
    done("DELETE", _PACKAGE, "Take away a package that nobody holds", _WRITES),
    shown(f"{_PACKAGE}/catalog", "Its catalog", types.CATALOG, _READS, resources.CATALOGS),
    *listed(f"{_PACKAGE}/assignmentPolicies", "Its policies", types.POLICY, _READS, resources.POLICIES,
            is_counted=False),
    Operation("GET", _APART, "What may not be held with it", _READS, types.PACKAGE, Form.LIST,
              resource=resources.PACKAGES.one_object()),
    done("POST", f"{_APART}/$ref", "Keep a package apart from it", _WRITES, REFERENCE),
    done("DELETE", f"{_APART}/{{accessPackage-id1}}/$ref", "Let them be held together", _WRITES),
    Operation("GET", f"{_PACKAGE}/accessPackagesIncompatibleWith", "What names it so", _READS, types.PACKAGE,
              Form.LIST, resource=resources.PACKAGES.one_object()),
    Operation("GET", _GIVEN, "What it gives", _READS, types.ROLE_SCOPE, Form.LIST,
              resource=resources.ROLE_SCOPES.one_object()),
    made(_GIVEN, "Let it give a group, or sight of a device group", types.ROLE_SCOPE, _WRITES),
    done("DELETE", f"{_GIVEN}/{{accessPackageResourceRoleScope-id}}", "Let it give that no more", _WRITES),
)  # fmt: skip
_OF_POLICIES: Final = (
    *listed(_POLICIES, "Policies of all packages", types.POLICY, _READS, resources.POLICIES),
    made(_POLICIES, "Give a package a policy", types.POLICY, _WRITES),
    shown(_POLICY, "One policy", types.POLICY, _READS, resources.POLICIES),
    Operation("PUT", _POLICY, "Write a policy anew", (_WRITES,), types.POLICY, takes=types.POLICY),
    done("DELETE", _POLICY, "Take away a policy under which nothing is held", _WRITES),
    shown(f"{_POLICY}/accessPackage", "Its package", types.PACKAGE, _READS, resources.PACKAGES),
)
_OF_REQUESTS: Final = (
    *listed(_REQUESTS, "Requests for all packages", types.REQUEST, _READS, resources.REQUESTS),
    *listed(f"{_REQUESTS}/{_OWN}", "What the person asked for, or may decide", types.REQUEST, _READS,
            resources.OWN_REQUESTS, is_counted=False),
    made(_REQUESTS, "Ask, give or take away", types.REQUEST, _WRITES),
    shown(_REQUEST, "One request", types.REQUEST, _READS, resources.REQUESTS),
    shown(f"{_REQUEST}/accessPackage", "Its package", types.PACKAGE, _READS, resources.PACKAGES),
    done("POST", f"{_REQUEST}/cancel", "Take back one's own request", _WRITES),
    Operation("POST", f"{_REQUEST}/reprocess", "Try a delivery again", (_WRITES,), form=Form.NOTHING,
              status=202),
    *listed(_ASSIGNMENTS, "What is, was or will be held", types.ASSIGNMENT, _READS, resources.ASSIGNMENTS),
    *listed(f"{_ASSIGNMENTS}/{_OWN}", "What the person acted for holds", types.ASSIGNMENT, _READS,
            resources.OWN_ASSIGNMENTS, is_counted=False),
    shown(_ASSIGNMENT, "One assignment", types.ASSIGNMENT, _READS, resources.ASSIGNMENTS),
    shown(f"{_ASSIGNMENT}/accessPackage", "Its package", types.PACKAGE, _READS, resources.PACKAGES),
    shown(f"{_ASSIGNMENT}/assignmentPolicy", "Its policy", types.POLICY, _READS, resources.POLICIES),
)  # fmt: skip
_OF_APPROVALS: Final = (
    *listed(_APPROVALS, "What somebody has or had to decide", types.APPROVAL, _READS, resources.APPROVALS),
    *listed(f"{_APPROVALS}/{_OWN}", "What the person acted for may decide now", types.APPROVAL, _READS,
            resources.APPROVALS, is_counted=False),
    shown(_APPROVAL, "One approval", types.APPROVAL, _READS, resources.APPROVALS),
    Operation("GET", f"{_APPROVAL}/stages", "Its stages", _READS, types.STAGE, Form.LIST,
              resource=resources.STAGES),
    shown(f"{_APPROVAL}/stages/{{approvalStage-id}}", "One stage", types.STAGE, _READS, resources.STAGES),
    done("PATCH", f"{_APPROVAL}/stages/{{approvalStage-id}}", "Approve or deny", _WRITES, types.STAGE),
)  # fmt: skip
_OF_ORGANIZATIONS: Final = (
    *listed(_ORGANIZATIONS, "Connected organizations", types.ORGANIZATION, _READS, resources.ORGANIZATIONS),
    made(_ORGANIZATIONS, "Connect an organization", types.ORGANIZATION, _WRITES),
    shown(_ORGANIZATION, "One of them", types.ORGANIZATION, _READS, resources.ORGANIZATIONS),
    done("PATCH", _ORGANIZATION, "Describe it otherwise", _WRITES, types.ORGANIZATION),
    done("DELETE", _ORGANIZATION, "Part with it", _WRITES),
    *(
        operation
        for side in ("internalSponsors", "externalSponsors")
        for path in (f"{_ORGANIZATION}/{side}",)
        for operation in (
            Operation("GET", path, "Who answers for it", _READS, DIRECTORY_OBJECT, Form.LIST),
            done("POST", f"{path}/$ref", "Let a user answer for it", _WRITES, REFERENCE),
            done(
                "DELETE", f"{path}/$ref", "Let them answer no more, whom the parameter `@id` names", _WRITES
            ),
            done("DELETE", f"{path}/{{directoryObject-id}}/$ref", "Let them answer no more", _WRITES),
        )
    ),
)

PART: Final = Part(
    types=types.TYPES,
    sets={
        _CATALOGS.strip("/"): types.CATALOG,
        _PACKAGES.strip("/"): types.PACKAGE,
        _POLICIES.strip("/"): types.POLICY,
        _REQUESTS.strip("/"): types.REQUEST,
        _ASSIGNMENTS.strip("/"): types.ASSIGNMENT,
        _APPROVALS.strip("/"): types.APPROVAL,
        _ORGANIZATIONS.strip("/"): types.ORGANIZATION,
    },
    singletons={f"{_ROOT.strip('/')}/settings": types.SETTINGS},
    operations=(
        shown(f"{_ROOT}/settings", "What becomes of guests", types.SETTINGS, _READS),
        *_OF_CATALOGS,
        *_OF_PACKAGES,
        *_OF_POLICIES,
        *_OF_REQUESTS,
        *_OF_APPROVALS,
        *_OF_ORGANIZATIONS,
    ),
)
