"""One of everything that Graph serves, in the customer and in the other tenant, and calls that name it.

Calls are made from what is declared, so that none is forgotten: a placeholder of a path or a body stands for
an object of one of the tenants, or for one that is not there.
"""

import json
import re
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from tests.applications import make_program
from tests.cast import NOW, Cast, import_all
from tests.connectors.samples import graph_alert
from tests.entitlements.offering import connect, give_group, keep_apart, make_package, make_policy
from tests.graph.security.queue import RECORDS
from tests.graph.test_official import fill
from tidegate.audit.models import AuditEvent
from tidegate.directory.actions.groups import create_group
from tidegate.directory.applications import find_principal
from tidegate.entitlements.models import Assignment, RequestStage, ResourceRole, Sponsor
from tidegate.feeds.models import Subscription
from tidegate.graph.description.parts import all_operations
from tidegate.graph.model import Operation
from tidegate.oauth.models import SignIn

type Names = Mapping[str, str]

_PLACEHOLDER: Final = re.compile(r"\{([A-Za-z0-9-]+)\}")
# A body that each call takes, by its method and the end of its path.
_BODIES: Final[Mapping[tuple[str, str], Any]] = {
    ("PATCH", "{alert-id}"): {"status": "inProgress"},
    ("PATCH", "{incident-id}"): {"status": "inProgress"},
    ("POST", "/alerts_v2"): graph_alert(id="sent-in"),
    ("POST", "/comments"): {"comment": "Seen"},
    ("POST", "runHuntingQuery"): {"Query": "AlertInfo | project Title"},
    ("PATCH", "{user-id}"): {"accountEnabled": False},
    ("POST", "/members/$ref"): {"@odata.id": "http://testserver/v1.0/directoryObjects/{user-id}"},
    ("POST", "/invitations"): {
        "invitedUserEmailAddress": "new@elsewhere.example", "inviteRedirectUrl": "https://x.example",
    },
    ("POST", "/catalogs"): {"displayName": "Made"},
    ("PATCH", "{accessPackageCatalog-id}"): {"description": "Changed"},
    ("POST", "/accessPackages"): {"displayName": "Made", "catalog": {"id": "{accessPackageCatalog-id}"}},
    ("PATCH", "{accessPackage-id}"): {"description": "Changed"},
    ("POST", "/incompatibleAccessPackages/$ref"): {"@odata.id": "x/{accessPackage-id1}"},
    ("POST", "/resourceRoleScopes"): {
        "role": {"resource": {"originId": "{group-id}", "originSystem": "AadGroup"}},
    },
    ("POST", "/assignmentPolicies"): {"displayName": "Made", "accessPackage": {"id": "{accessPackage-id}"}},
    ("PUT", "{accessPackageAssignmentPolicy-id}"): {
        "displayName": "Anew", "accessPackage": {"id": "{accessPackage-id}"},
        "allowedTargetScope": "specificDirectoryUsers",
        "specificAllowedTargets": [
            {"@odata.type": "#microsoft.graph.singleUser", "userId": "{user-id}"},
        ],
    },
    ("POST", "/assignmentRequests"): {
        "requestType": "adminAdd",
        "assignment": {
            "targetId": "{user-id}", "assignmentPolicyId": "{accessPackageAssignmentPolicy-id}",
            "accessPackageId": "{accessPackage-id}",
        },
    },
    ("PATCH", "{approvalStage-id}"): {"reviewResult": "Approve", "justification": "Seen"},
    ("POST", "/connectedOrganizations"): {
        "identitySources": [
            {"@odata.type": "#microsoft.graph.azureActiveDirectoryTenant", "tenantId": "{tenantId}"},
        ],
    },
    ("PATCH", "{connectedOrganization-id}"): {"description": "Changed"},
    ("POST", "Sponsors/$ref"): {"@odata.id": "x/users/{directoryObject-id}"},
    ("POST", "/subscriptions"): {
        "changeType": "updated", "notificationUrl": "https://hooks.example/x",
        "resource": "security/alerts_v2", "expirationDateTime": (NOW + timedelta(days=9)).isoformat(),
    },
    ("PATCH", "{subscription-id}"): {"expirationDateTime": (NOW + timedelta(days=8)).isoformat()},
}  # fmt: skip
_BODILESS: Final = ("/cancel", "/reprocess")


def _on(operation: Operation) -> str:
    """Whose: the word that each of the calls for one's own takes."""
    words = {"/accessPackages/": "allowedRequestor", "Approvals/": "approver"}
    return next((word for part, word in words.items() if part in operation.path), "target")


class Asked:
    """One declared call: its method, and its path and body with placeholders in them."""

    def __init__(self, operation: Operation) -> None:
        self.method, self.path = operation.method, operation.path.strip("/").replace("{on}", _on(operation))
        if (self.method, self.path[-13:]) == ("DELETE", "Sponsors/$ref"):
            self.path += "?@id=x/users/{directoryObject-id}"
        self.body = self._find_body()
        written = self.path + json.dumps(self.body)
        self.placeholders = frozenset(_PLACEHOLDER.findall(written))

    def name(self, names: Names) -> tuple[str, str, Any]:
        """The method, path and body with these names in the places of the placeholders."""
        body = json.loads(_write(json.dumps(self.body), names))
        return self.method, _write(self.path, names), body

    def __repr__(self) -> str:
        return f"{self.method} {self.path}"

    def _find_body(self) -> Any:
        if self.method in {"GET", "DELETE"} or self.path.endswith(_BODILESS):
            return None
        for (method, end), body in _BODIES.items():
            if method == self.method and f"/{self.path}".endswith(end):
                return body
        raise LookupError(f"{self} has no body among those of the tests")


CALLS: Final = [Asked(operation) for operation in all_operations()]


def fill_everything(cast: Cast, client_id: uuid.UUID) -> Names:
    """One of everything in the customer; its names."""
    request = fill(cast)
    import_all(cast.customer, RECORDS)
    tenant = cast.customer
    package, policy = request.package_id, request.policy_id
    subscription = Subscription.rows.create(
        tenant=tenant, client_id=client_id, collection="security/alerts_v2", change_types=["updated"],
        notification_url="https://hooks.example/y", values=["SecurityAlert.Read.All"], created_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )  # fmt: skip
    sign_in = SignIn.objects.create(
        tenant=tenant, hour_at=NOW, digest="x", count=1, first_at=NOW, last_at=NOW, grant="client_credentials"
    )
    event = AuditEvent.rows.filter(tenant_id=tenant.id).latest("sequence")
    own = make_program(cast, tenant, multi_tenant=False).application
    principal = find_principal(tenant.id, own.client_id)
    assert principal is not None
    stage = RequestStage.rows.filter(request_id=request.id).earliest("position")
    organization = Sponsor.rows.filter(tenant_id=tenant.id).latest("id")
    return {
        "alert-id": "da1",
        "incident-id": "41",
        "user-id": str(cast.user("member").id),
        "directoryObject-id": str(organization.user_id),
        "group-id": str(cast.group("Tier 2").id),
        "organization-id": str(tenant.id),
        "tenantId": str(tenant.id),
        "domainName": "customer.example",
        "accessPackageCatalog-id": str(request.package.catalog_id),
        "accessPackage-id": str(package),
        "accessPackage-id1": str(make_kept_apart(cast, package)),
        "accessPackageResourceRoleScope-id": str(
            ResourceRole.rows.filter(package_id=package).latest("id").id
        ),
        "accessPackageAssignmentPolicy-id": str(policy),
        "accessPackageAssignmentRequest-id": str(request.id),
        "accessPackageAssignment-id": str(Assignment.rows.filter(tenant_id=tenant.id).latest("id").id),
        "approval-id": str(request.id),
        "approvalStage-id": str(stage.id),
        "connectedOrganization-id": str(organization.organization_id),
        "directoryAudit-id": f"Directory_{event.id}_{event.sequence}",
        "signIn-id": str(sign_in.id),
        "subscription-id": str(subscription.id),
        "servicePrincipal-id": str(principal.id),
        "application-id": str(own.id),
        "app-id": str(own.client_id),
    }


def absent(names: Names) -> Names:
    """Names of the same forms, of things that are nowhere."""
    forms = {
        "alert-id": "zz9",
        "incident-id": "999",
        "domainName": "absent.example",
        "directoryAudit-id": f"Directory_{uuid.uuid4()}_1",
    }
    return {name: forms.get(name) or str(uuid.uuid4()) for name in names}


def fill_own(cast: Cast) -> Names:
    """What the other tenant has, where a call may name two things: the first of its own, the second not."""
    scope = cast.enter("outsider", cast.other)
    group, package = create_group(scope, display_name="Own"), make_package(cast.other, "Own")
    apart, organization = make_package(cast.other, "Own too"), connect(cast.other, cast.provider)
    keep_apart(package, apart)
    give_group(package, group)
    outsider = str(cast.user("outsider", cast.other).id)
    return {
        "user-id": outsider,
        "directoryObject-id": outsider,
        "group-id": str(group.id),
        "accessPackageCatalog-id": str(package.catalog_id),
        "accessPackage-id": str(package.id),
        "accessPackage-id1": str(apart.id),
        "accessPackageAssignmentPolicy-id": str(make_policy(package, organization=organization).id),
        "connectedOrganization-id": str(organization.id),
    }


def make_kept_apart(cast: Cast, package_id: uuid.UUID) -> uuid.UUID:
    """Another package of the customer that may not be held with this one."""
    apart = make_package(cast.customer, "Kept apart")
    keep_apart(type(apart).rows.get(id=package_id), apart)
    return apart.id


def _write(text: str, names: Names) -> str:
    return _PLACEHOLDER.sub(lambda found: names[found[1]], text)
