"""`/assignmentPolicies`: who may ask for a package, who decides, for how long."""

from dataclasses import replace
from typing import Final

from django.http import HttpResponseBase

from tidegate.core.errors import InvalidInput
from tidegate.entitlements.actions.policies import create_policy, remove_policy, update_policy
from tidegate.entitlements.catalog_queries import get_package
from tidegate.entitlements.listing import all_policies, find_policy
from tidegate.entitlements.words import TargetScope
from tidegate.graph.answers import answer_no_content
from tidegate.graph.bodies import Body
from tidegate.graph.entitlement.policy_reading import read_terms
from tidegate.graph.entitlement.policy_rendering import policy_renderer
from tidegate.graph.entitlement.rendering import package_renderer
from tidegate.graph.entitlement.resources import PACKAGES, POLICIES
from tidegate.graph.keys import read_key
from tidegate.graph.objects import answer_number, answer_objects, answer_one
from tidegate.oauth.endpoint import Call

PATH: Final = "identityGovernance/entitlementManagement/assignmentPolicies"


def list_all(call: Call) -> HttpResponseBase:
    """The policies of all packages."""
    return answer_objects(call, PATH, all_policies(call.scope), POLICIES, policy_renderer(call.scope))


def count_all(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, all_policies(call.scope), POLICIES)


def list_of_package(call: Call, key: str) -> HttpResponseBase:
    """The policies of one package."""
    package = get_package(call.scope, read_key(key))
    rows = all_policies(call.scope).filter(package_id=package.id)
    return answer_objects(call, PATH, rows, POLICIES, policy_renderer(call.scope))


def show(call: Call, key: str) -> HttpResponseBase:
    """One policy."""
    policy = find_policy(call.scope, read_key(key))
    return answer_one(call, PATH, policy, POLICIES, policy_renderer(call.scope))


def show_package(call: Call, key: str) -> HttpResponseBase:
    """The package of a policy."""
    policy = find_policy(call.scope, read_key(key))
    path = "identityGovernance/entitlementManagement/accessPackages"
    return answer_one(call, path, policy.package, PACKAGES, package_renderer(call.scope))


def create(call: Call) -> HttpResponseBase:
    """Give a package a policy."""
    body = Body(call.read_json())
    package_id = body.reference("accessPackage") or body.guid("accessPackageId")
    if package_id is None:
        raise InvalidInput(fields={"accessPackage/id": "is needed"})
    policy = create_policy(call.scope, package_id, read_terms(body))
    made = find_policy(call.scope, policy.id)
    return answer_one(call, PATH, made, POLICIES, policy_renderer(call.scope), status=201)


def replace_whole(call: Call, key: str) -> HttpResponseBase:
    """Write a policy anew; what the body leaves out is as it would be in a new one."""
    body = Body(call.read_json())
    policy = find_policy(call.scope, read_key(key))
    named = body.reference("accessPackage") or body.guid("accessPackageId")
    if named not in {None, policy.package_id}:
        raise InvalidInput(fields={"accessPackage/id": "must stay the package that the policy has"})
    terms = read_terms(body)
    if terms.target_scope == TargetScope.NOT_SPECIFIED:
        # Nobody asks under it, so Graph has no word for whether it is switched on.
        terms = replace(terms, accepts_requests=policy.accepts_requests)
    update_policy(call.scope, policy.package_id, policy.id, terms)
    written = find_policy(call.scope, policy.id)
    return answer_one(call, PATH, written, POLICIES, policy_renderer(call.scope))


def remove(call: Call, key: str) -> HttpResponseBase:
    """Take a policy away, unless anything is held or asked for under it."""
    policy = find_policy(call.scope, read_key(key))
    remove_policy(call.scope, policy.package_id, policy.id)
    return answer_no_content()
