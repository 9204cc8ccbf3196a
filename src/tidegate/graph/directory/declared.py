"""What is declared of this part."""

from typing import Final

from tidegate.graph.declaring import done, listed, made, shown
from tidegate.graph.directory import types
from tidegate.graph.directory.groups import GROUPS
from tidegate.graph.directory.organization import ORGANIZATION
from tidegate.graph.directory.people import USERS
from tidegate.graph.directory.programs import APPLICATIONS, PRINCIPALS
from tidegate.graph.model import Part

_ORGANIZATION: Final = ("Organization.Read.All",)
_USERS: Final = ("User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All")
_ME: Final = ("User.Read",)
_GROUPS: Final = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
_PROGRAMS: Final = ("Application.Read.All", "Directory.Read.All")
_TENANTS: Final = ("CrossTenantInformation.ReadBasic.All",)
_MEMBERS: Final = "/groups/{group-id}/members"

PART: Final = Part(
    types=types.TYPES,
    sets={
        "organization": types.ORGANIZATION,
        "users": types.USER,
        "groups": types.GROUP,
        "invitations": types.INVITATION,
        "applications": types.APPLICATION,
        "servicePrincipals": types.SERVICE_PRINCIPAL,
    },
    singletons={"me": types.USER},
    operations=(
        *listed("/organization", "The tenant, in a list", types.ORGANIZATION, _ORGANIZATION, ORGANIZATION),
        shown("/organization/{organization-id}", "It", types.ORGANIZATION, _ORGANIZATION, ORGANIZATION),
        shown("/me", "The person acted for", types.USER, _ME, USERS),
        *listed("/me/memberOf", "Their groups", types.DIRECTORY_OBJECT, _ME, GROUPS, is_counted=False),
        *listed("/users", "Users and guests", types.USER, _USERS, USERS),
        shown("/users/{user-id}", "One of them, by id or user principal name", types.USER, _USERS, USERS),
        done("PATCH", "/users/{user-id}", "Block or unblock", "User.ReadWrite.All", types.USER),
        done("DELETE", "/users/{user-id}", "Remove a user", "User.ReadWrite.All"),
        *listed("/users/{user-id}/memberOf", "A user's groups", types.DIRECTORY_OBJECT, _GROUPS, GROUPS,
                is_counted=False),
        *listed("/groups", "Groups", types.GROUP, _GROUPS, GROUPS),
        shown("/groups/{group-id}", "One of them", types.GROUP, _GROUPS, GROUPS),
        *listed(_MEMBERS, "Who is in a group", types.DIRECTORY_OBJECT, _GROUPS, USERS),
        done("POST", f"{_MEMBERS}/$ref", "Put a user in", "GroupMember.ReadWrite.All", types.REFERENCE),
        done("DELETE", f"{_MEMBERS}/{{user-id}}/$ref", "Take a user out", "GroupMember.ReadWrite.All"),
        made("/invitations", "Invite a guest or a member", types.INVITATION, "User.Invite.All"),
        *listed("/applications", "Applications registered here", types.APPLICATION, _PROGRAMS, APPLICATIONS),
        shown("/applications/{application-id}", "One by its id", types.APPLICATION, _PROGRAMS, APPLICATIONS),
        shown("/applications(appId='{app-id}')", "One by its client id", types.APPLICATION, _PROGRAMS,
              APPLICATIONS),
        *listed("/servicePrincipals", "Applications let in", types.SERVICE_PRINCIPAL, _PROGRAMS, PRINCIPALS),
        shown("/servicePrincipals/{servicePrincipal-id}", "One by its id", types.SERVICE_PRINCIPAL, _PROGRAMS,
              PRINCIPALS),
        shown("/servicePrincipals(appId='{app-id}')", "One by its client id", types.SERVICE_PRINCIPAL,
              _PROGRAMS, PRINCIPALS),
        shown("/tenantRelationships/findTenantInformationByTenantId(tenantId='{tenantId}')",
              "A tenant that lets itself be found, by its id", types.TENANT_INFORMATION, _TENANTS),
        shown("/tenantRelationships/findTenantInformationByDomainName(domainName='{domainName}')",
              "A tenant that lets itself be found, by its domain", types.TENANT_INFORMATION, _TENANTS),
    ),
)  # fmt: skip
