"""The types of the directory (`microsoft.graph`, v1.0), with the members that are known here."""

from typing import Final

from tidegate.graph.declaring import entity, flags, lists, texts, times, value
from tidegate.graph.model import Primitive, Property

REFERENCE: Final = value("directoryReference", Property("@odata.id", Primitive.STRING, nullable=False))
# A user, a group or an application: which, its `@odata.type` says.
DIRECTORY_OBJECT: Final = entity("directoryObject", *times("deletedDateTime"), is_open=True)
IDENTITY: Final = value("objectIdentity", *texts("issuer issuerAssignedId signInType"))
USER: Final = entity(
    "user",
    *texts("city companyName country creationType department displayName employeeId externalUserState"),
    *texts("givenName jobTitle mail mailNickname mobilePhone officeLocation preferredLanguage surname"),
    *texts("usageLocation userPrincipalName userType"),
    *times("createdDateTime deletedDateTime"),
    *flags("accountEnabled"),
    *lists("businessPhones otherMails"),
    Property("identities", IDENTITY, many=True),
)
GROUP: Final = entity(
    "group",
    *texts("description displayName mail mailNickname visibility"),
    *times("createdDateTime deletedDateTime"),
    *flags("isAssignableToRole mailEnabled securityEnabled"),
    *lists("groupTypes proxyAddresses"),
)
_DOMAIN: Final = value("verifiedDomain", *texts("capabilities name type"), *flags("isDefault isInitial"))
_PRIVACY: Final = value("privacyProfile", *texts("contactEmail statementUrl"))
_PLAN: Final = value("assignedPlan", is_open=True)
ORGANIZATION: Final = entity(
    "organization",
    *texts("city country countryLetterCode defaultUsageLocation displayName partnerTenantType postalCode"),
    *texts("preferredLanguage state street tenantType"),
    *times("createdDateTime deletedDateTime onPremisesLastSyncDateTime"),
    *flags("onPremisesSyncEnabled"),
    *lists("businessPhones marketingNotificationEmails securityComplianceNotificationMails"),
    *lists("securityComplianceNotificationPhones technicalNotificationMails"),
    Property("assignedPlans", _PLAN, many=True),
    Property("provisionedPlans", _PLAN, many=True),
    Property("privacyProfile", _PRIVACY),
    Property("verifiedDomains", _DOMAIN, many=True),
)
_MESSAGE: Final = value(
    "invitedUserMessageInfo", *texts("customizedMessageBody messageLanguage"), is_open=True
)
INVITATION: Final = entity(
    "invitation",
    *texts("inviteRedeemUrl inviteRedirectUrl invitedUserDisplayName invitedUserEmailAddress"),
    *texts("invitedUserType status"),
    *flags("resetRedemption sendInvitationMessage"),
    Property("invitedUser", USER),
    Property("invitedUserMessageInfo", _MESSAGE),
)
TENANT_INFORMATION: Final = value(
    "tenantInformation", *texts("defaultDomainName displayName federationBrandName tenantId")
)
_REDIRECTS: Final = value("webApplication", *lists("redirectUris"), *texts("logoutUrl"))
_SECRET: Final = value(
    "passwordCredential", *texts("displayName hint keyId secretText"), *times("endDateTime startDateTime")
)
_CERTIFICATE: Final = value(
    "keyCredential",
    *texts("customKeyIdentifier displayName key keyId type usage"),
    *times("endDateTime startDateTime"),
)
APPLICATION: Final = entity(
    "application",
    *texts("appId description displayName signInAudience"),
    *times("createdDateTime deletedDateTime"),
    *flags("isFallbackPublicClient"),
    Property("keyCredentials", _CERTIFICATE, many=True),
    Property("passwordCredentials", _SECRET, many=True),
    *(Property(name, _REDIRECTS) for name in ("publicClient", "spa", "web")),
)
SERVICE_PRINCIPAL: Final = entity(
    "servicePrincipal",
    *texts("appDisplayName appId appOwnerOrganizationId description displayName servicePrincipalType"),
    *texts("signInAudience"),
    *times("createdDateTime deletedDateTime"),
    *flags("accountEnabled"),
)
TYPES: Final = (
    DIRECTORY_OBJECT, USER, GROUP, ORGANIZATION, INVITATION, TENANT_INFORMATION, APPLICATION,
    SERVICE_PRINCIPAL,
)  # fmt: skip
