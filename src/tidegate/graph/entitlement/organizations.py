"""`/connectedOrganizations`, and who answers for them."""

from typing import Final

from django.http import HttpResponseBase

from tidegate.core.errors import InvalidInput, NotFound
from tidegate.entitlements.actions.organizations import (
    add_sponsor,
    connect_organization,
    remove_organization,
    remove_sponsor,
    update_organization,
)
from tidegate.entitlements.organizations import get_organization, list_organizations, list_sponsors
from tidegate.entitlements.words import OrganizationState
from tidegate.graph.answers import answer_list, answer_no_content
from tidegate.graph.bodies import Body, read_reference
from tidegate.graph.directory.people import render_reference
from tidegate.graph.entitlement.rendering import KIND_OF_SPONSORS, organization_renderer
from tidegate.graph.entitlement.resources import ORGANIZATIONS
from tidegate.graph.keys import read_key
from tidegate.graph.objects import answer_number, answer_objects, answer_one
from tidegate.oauth.endpoint import Call

PATH: Final = "identityGovernance/entitlementManagement/connectedOrganizations"
_MEMBERS: Final = frozenset({"displayName", "description", "state"})
_SOURCES: Final = {"azureActiveDirectoryTenant": "tenantId", "domainIdentitySource": "domainName"}


def list_all(call: Call) -> HttpResponseBase:
    """The tenant's connected organizations."""
    render = organization_renderer(call.scope)
    return answer_objects(call, PATH, list_organizations(call.scope), ORGANIZATIONS, render)


def count_all(call: Call) -> HttpResponseBase:
    """How many there are."""
    return answer_number(call, list_organizations(call.scope), ORGANIZATIONS)


def show(call: Call, key: str) -> HttpResponseBase:
    """One of them."""
    organization = get_organization(call.scope, read_key(key))
    return answer_one(call, PATH, organization, ORGANIZATIONS, organization_renderer(call.scope))


def create(call: Call) -> HttpResponseBase:
    """Connect the organization that the one identity source names."""
    body = Body(call.read_json())
    body.check_members({*_MEMBERS, "identitySources", "domainName"})
    organization = connect_organization(
        call.scope,
        tid=_read_source(body),
        display_name=body.text("displayName"),
        description=body.text("description"),
        state=body.text("state", OrganizationState.CONFIGURED).lower(),
    )
    render = organization_renderer(call.scope)
    return answer_one(call, PATH, organization, ORGANIZATIONS, render, status=201)


def change(call: Call, key: str) -> HttpResponseBase:
    """Change what the body names."""
    body = Body(call.read_json())
    body.check_members(_MEMBERS)
    organization = get_organization(call.scope, read_key(key))
    update_organization(
        call.scope,
        organization.id,
        display_name=body.text("displayName", organization.display_name),
        description=body.text("description", organization.description),
        state=body.text("state", organization.state).lower(),
    )
    return answer_no_content()


def remove(call: Call, key: str) -> HttpResponseBase:
    """Part with an organization; the access that came through it ends."""
    remove_organization(call.scope, read_key(key))
    return answer_no_content()


def list_who_answers(call: Call, key: str, side: str) -> HttpResponseBase:
    """The sponsors of one side."""
    organization = get_organization(call.scope, read_key(key))
    sponsors = list_sponsors(call.scope, organization.id).filter(kind=KIND_OF_SPONSORS[side])
    users = [render_reference(sponsor.user, whole=True) for sponsor in sponsors]
    return answer_list(call, "directoryObjects", users)


def let_answer(call: Call, key: str, side: str) -> HttpResponseBase:
    """Let the user answer for an organization whose address the body names."""
    body = Body(call.read_json())
    user_id = read_reference(body.text("@odata.id"), "@odata.id")
    add_sponsor(call.scope, read_key(key), user_id=user_id, kind=KIND_OF_SPONSORS[side])
    return answer_no_content()


def let_answer_no_more(call: Call, key: str, side: str, user: str = "") -> HttpResponseBase:
    """Let a user no longer answer; which, says the address or its parameter `@id`."""
    organization = get_organization(call.scope, read_key(key))
    user_id = read_key(user) if user else read_reference(call.parameters.get("@id", ""), "@id")
    sponsors = list_sponsors(call.scope, organization.id).filter(kind=KIND_OF_SPONSORS[side])
    sponsor = sponsors.filter(user_id=user_id).first()
    if sponsor is None:
        raise NotFound("There is no such sponsor.")
    remove_sponsor(call.scope, organization.id, sponsor.id)
    return answer_no_content()


def _read_source(body: Body) -> str:
    """The tenant id or domain of the one identity source; `domainName` alone is what the portal sends."""
    sources = body.many("identitySources")
    if not sources and "domainName" in body:
        return body.text("domainName")
    if len(sources) != 1:
        raise InvalidInput(fields={"identitySources": "must hold exactly one tenant or domain"})
    source = sources[0]
    member = _SOURCES.get(source.type_name)
    if member is None or member not in source:
        known = " with tenantId or ".join(_SOURCES)
        raise InvalidInput(fields={source.name("@odata.type"): f"must be {known} with domainName"})
    return source.text(member)
