"""Stored names in words that people read: what was done, what a role holds.

Everything not named here is shown as it is stored, because a newer release may have written it.
"""

from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import RolePermission as R

EVENT_WORDS: Final = MappingProxyType[str, Promise](
    {
        "access.exported": _("Exported who can see something"),
        "access.refused": _("Was refused what their roles do not allow"),
        "access.viewed": _("Asked who can see something"),
        "access_review.answered": _("Answered in a review of access"),
        "access_review.applied": _("Applied a review of access"),
        "access_review.begun": _("Began a review of access"),
        "access_review.exported": _("Exported a review of access"),
        "access_review.viewed": _("Opened a review of access"),
        "access_reviews.viewed": _("Looked through the reviews of access"),
        "account.passkey_added": _("Added a passkey"),
        "account.passkey_removed": _("Removed a passkey"),
        "account.password_changed": _("Changed their password"),
        "account.second_factor_added": _("Added a second factor"),
        "account.second_factor_removed": _("Removed a second factor"),
        "account.sessions_ended": _("Ended all their sessions"),
        "account.sign_in_failed": _("Failed to sign in"),
        "account.signed_in": _("Signed in"),
        "account.signed_out": _("Signed out"),
        "activation.approved": _("Approved the activation of a role"),
        "activation.canceled": _("Took back the wish to activate a role"),
        "activation.deactivated": _("Ended an active role"),
        "activation.denied": _("Denied the activation of a role"),
        "activation.expired": _("Nobody decided about an activation in time"),
        "activation.requested": _("Asked to activate a role"),
        "activation.started": _("Activated a role"),
        "alert.assigned": _("Assigned an alert"),
        "alert.classified": _("Classified an alert"),
        "alert.commented": _("Commented on an alert"),
        "alert.status_changed": _("Changed the status of an alert"),
        "alert.viewed": _("Opened an alert"),
        "alerts.imported": _("Imported alerts"),
        "alerts.viewed": _("Looked through the alerts"),
        "assignment.expired": _("Access ended by its date"),
        "audit.exported": _("Exported the audit log"),
        "audit.verified": _("Verified the chain of the audit log"),
        "audit.viewed": _("Read the audit log"),
        "break_glass.opened": _("Opened emergency access"),
        "break_glass.viewed": _("Looked at emergency access"),
        "break_glass.write_up_seen": _("Took note of a write-up"),
        "break_glass.write_up_submitted": _("Submitted a write-up"),
        "device.tagged": _("Tagged a device"),
        "device.viewed": _("Opened a device"),
        "device_group.viewed": _("Opened a device group"),
        "device_groups.viewed": _("Looked through the device groups"),
        "device_group.access_changed": _("Changed who sees a device group"),
        "device_group.access_granted": _("Let a user see a device group"),
        "device_group.access_moved": _("Changed until when a user sees a device group"),
        "device_group.created": _("Created a device group"),
        "device_group.deleted": _("Deleted a device group"),
        "device_group.moved": _("Changed the rank of a device group"),
        "device_group.updated": _("Changed a device group"),
        "devices.viewed": _("Looked through the devices"),
        "domain.added": _("Added a domain"),
        "domain.made_default": _("Made a domain the default"),
        "domain.removed": _("Removed a domain"),
        "domain.verified": _("Verified a domain"),
        "domains.viewed": _("Looked through the domains"),
        "elevation.viewed": _("Looked at their own eligible roles"),
        "elevations.viewed": _("Looked through the activations of roles"),
        "eligibilities.viewed": _("Looked through who is eligible"),
        "eligibility.created": _("Made somebody eligible for a role"),
        "eligibility.ended": _("Ended somebody's eligibility for a role"),
        "group.created": _("Created a group"),
        "group.deleted": _("Deleted a group"),
        "group.member_added": _("Put a user in a group"),
        "group.member_removed": _("Took a user out of a group"),
        "group.updated": _("Changed a group"),
        "group.viewed": _("Opened a group"),
        "groups.viewed": _("Looked through the groups"),
        "import.finished": _("Finished an import"),
        "import.started": _("Started an import"),
        "imports.viewed": _("Looked through the imports"),
        "incident.alerts_resolved": _("Resolved the alerts of an incident"),
        "incident.assigned": _("Assigned an incident"),
        "incident.classified": _("Classified an incident"),
        "incident.commented": _("Commented on an incident"),
        "incident.status_changed": _("Changed the status of an incident"),
        "incident.tagged": _("Tagged an incident"),
        "incident.viewed": _("Opened an incident"),
        "incidents.handed_over": _("Handed somebody's open incidents over"),
        "incidents.viewed": _("Looked through the incidents"),
        "invitation.redeemed": _("Accepted an invitation"),
        "invitation.renewed": _("Renewed an invitation"),
        "notice.given_up": _("A mail could not be sent"),
        "overview.viewed": _("Looked at the overview"),
        "properties.viewed": _("Looked at the properties"),
        "coverage.exported": _("Exported who of us may enter whom"),
        "expiry.viewed": _("Looked at what ends"),
        "role.end_changed": _("Changed when a given role ends"),
        "role.assigned": _("Gave a role"),
        "role.created": _("Created a role"),
        "role.deleted": _("Deleted a role"),
        "role.unassigned": _("Took back a role"),
        "role.updated": _("Changed a role"),
        "role.viewed": _("Opened a role"),
        "roles.viewed": _("Looked through the roles"),
        "outside_access.viewed": _("Looked at the access from outside"),
        "stop.lifted": _("Let outside access in again"),
        "stop.started": _("Stopped outside access"),
        "tenant.created": _("Created this directory"),
        "tenant.entered": _("Entered this directory"),
        "tenant.entry_refused": _("Was not let in"),
        "tenant.updated": _("Changed the properties"),
        "user.blocked": _("Blocked a user"),
        "user.created": _("Created a member"),
        "user.end_changed": _("Changed when a user's access ends"),
        "user.invited": _("Invited a guest"),
        "user.last_access_ended": _("A guest's last access ended"),
        "user.manager_changed": _("Changed who a user's manager is"),
        "user.removed": _("Removed a user"),
        "user.unblocked": _("Unblocked a user"),
        "user.viewed": _("Opened a user"),
        "users.viewed": _("Looked through the users and guests"),
    }
)

# Grouped and named as in Microsoft's list of permissions for roles, then the directory's own.
ROLE_PERMISSION_WORDS: Final = MappingProxyType[R, Promise](
    {
        R.VIEW_DATA: _("View data: security operations"),
        R.VIEW_VULNERABILITIES: _("View data: vulnerability management"),
        R.REMEDIATE: _("Active remediation: security operations"),
        R.EXCEPT_VULNERABILITIES: _("Active remediation: exception handling"),
        R.REMEDIATE_VULNERABILITIES: _("Active remediation: remediation handling"),
        R.HANDLE_APPLICATIONS: _("Active remediation: application handling"),
        R.MANAGE_BASELINES: _("Security baselines: manage assessment profiles"),
        R.INVESTIGATE_ALERTS: _("Alerts investigation"),
        R.MANAGE_PORTAL_SETTINGS: _("Manage portal system settings"),
        R.MANAGE_SECURITY_SETTINGS: _("Manage security settings"),
        R.LIVE_RESPONSE_BASIC: _("Live response: basic"),
        R.LIVE_RESPONSE_ADVANCED: _("Live response: advanced"),
        R.READ_DIRECTORY: _("Read users, groups and roles"),
        R.READ_AUDIT_LOG: _("Read the audit log"),
        R.MANAGE_DIRECTORY: _("Manage the directory"),
    }
)

RESULT_WORDS: Final = MappingProxyType[str, Promise](
    {"success": _("Done"), "refused": _("Refused"), "failure": _("Failed")}
)


def describe_event(tag: str) -> Promise | str:
    """What an audit event's tag says, or the tag itself."""
    return EVENT_WORDS.get(tag, tag)
