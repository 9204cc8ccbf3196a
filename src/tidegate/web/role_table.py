"""The permission table of a role as people read it: sections, lines, and what each line opens.

Sections are those of Defender for Endpoint's list of permissions, then the directory's own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.permissions import GRANTS, Permission, permissions_of
from tidegate.authorization.permissions import RolePermission as R

SECTIONS: Final[tuple[tuple[Promise, tuple[tuple[R, Promise], ...]], ...]] = (
    (
        _("View data"),
        ((R.VIEW_DATA, _("Security operations")), (R.VIEW_VULNERABILITIES, _("Vulnerability management"))),
    ),
    (
        _("Active remediation actions"),
        (
            (R.REMEDIATE, _("Security operations")),
            (R.EXCEPT_VULNERABILITIES, _("Vulnerability management: exception handling")),
            (R.REMEDIATE_VULNERABILITIES, _("Vulnerability management: remediation handling")),
            (R.HANDLE_APPLICATIONS, _("Vulnerability management: application handling")),
        ),
    ),
    (_("Security baselines"), ((R.MANAGE_BASELINES, _("Manage assessment profiles")),)),
    (_("Alerts"), ((R.INVESTIGATE_ALERTS, _("Alerts investigation")),)),
    (_("Live response"), ((R.LIVE_RESPONSE_BASIC, _("Basic")), (R.LIVE_RESPONSE_ADVANCED, _("Advanced")))),
    (
        _("Settings"),
        (
            (R.MANAGE_SECURITY_SETTINGS, _("Manage security settings")),
            (R.MANAGE_PORTAL_SETTINGS, _("Manage portal system settings")),
        ),
    ),
    (
        _("Directory"),
        (
            (R.READ_DIRECTORY, _("Read users, groups and roles")),
            (R.READ_AUDIT_LOG, _("Read the audit log")),
            (R.MANAGE_DIRECTORY, _("Manage the directory")),
        ),
    ),
)

HINTS: Final = MappingProxyType[R, Promise](
    {
        R.VIEW_DATA: _("See incidents, alerts and devices."),
        R.VIEW_VULNERABILITIES: _("See weaknesses of devices and software."),
        R.REMEDIATE: _("Act on devices and files, and decide on actions that wait for approval."),
        R.EXCEPT_VULNERABILITIES: _("Make and end exceptions to recommendations."),
        R.REMEDIATE_VULNERABILITIES: _("Ask for remediation and follow it up."),
        R.HANDLE_APPLICATIONS: _("Block and unblock vulnerable applications."),
        R.MANAGE_BASELINES: _("Decide which devices are measured against which baseline."),
        R.INVESTIGATE_ALERTS: _(
            "Assign, classify, comment on and resolve alerts and incidents; tag devices."
        ),
        R.LIVE_RESPONSE_BASIC: _("Open a session on a device and look around, changing nothing."),
        R.LIVE_RESPONSE_ADVANCED: _("Fetch files, put files there and run scripts; holds the basic one too."),
        R.MANAGE_SECURITY_SETTINGS: _("Suppress alerts, exclude from automation, keep lists of indicators."),
        R.MANAGE_PORTAL_SETTINGS: _(
            "Import alerts, and decide on device groups and who sees them, tenant groups and service levels."
        ),
        R.READ_DIRECTORY: _("See users, groups, roles, device groups and access packages."),
        R.READ_AUDIT_LOG: _("See who did what, when and from where."),
        R.MANAGE_DIRECTORY: _("Invite and remove people, and decide on groups, roles and access packages."),
    }
)


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line of the table: whether the role holds it, and whether this visitor may give it."""

    line: R
    label: Promise
    hint: Promise
    permissions: tuple[Permission, ...]
    is_held: bool
    may_give: bool


@dataclass(frozen=True, slots=True)
class TableSection:
    """Lines that belong together."""

    title: Promise
    lines: tuple[TableLine, ...]


def read_table(held: Collection[R], own: Collection[Permission]) -> list[TableSection]:
    """The whole table for a role that holds some lines, shown to somebody with these permissions."""
    return [
        TableSection(title, tuple(_read_line(line, label, held, own) for line, label in lines))
        for title, lines in SECTIONS
    ]


def _read_line(line: R, label: Promise, held: Collection[R], own: Collection[Permission]) -> TableLine:
    may_give = permissions_of(frozenset({line})) <= set(own)
    return TableLine(line, label, HINTS[line], tuple(sorted(GRANTS[line])), line in held, may_give)
