"""The fixed sentences with which the rooms below refuse, listed so that translations can know them.

The rooms below speak plain English and know no language. A page looks a reason up as it is shown
(`tidegate.web.visit.say_reason`); what is not listed here, or carries a number, is shown as it is.
"""

from typing import Final

from django.utils.translation import gettext_noop as _

REASONS: Final = (
    _("cannot be changed"),
    _("holds a sign that cannot be shown"),
    _("is not one that this list gave"),
    _("is too long to make a user name in this tenant of it"),
    _("must be a directory ID (a GUID) or a domain name of the organization"),
    _("must be a domain name like organization.example"),
    _("must be a kind and an id, like incident:123"),
    _("must be a two-letter code (ISO 3166-1), like NL"),
    _("must be an address that begins with https://"),
    _("must be an e-mail address like name@organization.example"),
    _("must be an email address"),
    _("must be at most 200 characters"),
    _("must be at most 254 characters"),
    _("must be me, none, or a user's id"),
    _("must be one group or one user"),
    _("must be one of the portal's permissions"),
    _("must be selected first"),
    _("must be someone who may enter this tenant now"),
    _("must be the id that the page gave"),
    _("must be the number that the page gave"),
    _("must be the user principal name or address of one user"),
    _("must be under a verified domain of this tenant"),
    _("must lie after the start"),
    _("must lie in the future"),
    _("must lie in the future, after the start"),
    _("must lie within the calendar"),
    _("must name an alert"),
    _("must not be empty"),
)
"""What follows the name of a field."""

SENTENCES: Final = (
    _("A group with this name exists already."),
    _("A tenant can have at most 100 domains."),
    _("A tenant must keep at least one Global Administrator of its own whose access has no end."),
    _("A tenant with this id exists already."),
    _("A tenant with this id or this domain exists already."),
    _("Nobody is signed in."),
    _("Only a verified domain can be the default."),
    _("Somebody changed this since you opened it. Look again, then decide."),
    _("The TXT record was not found yet. Name servers can take an hour to tell."),
    _("The account that started the import is gone."),
    _("The default domain cannot be removed. Make another the default first."),
    _("There is a user with this address in the tenant already."),
    _("There is no such alert."),
    _("There is no such change."),
    _("There is no such device."),
    _("There is no such directory, or you may not enter it."),
    _("There is no such domain."),
    _("There is no such event."),
    _("There is no such group."),
    _("There is no such import."),
    _("There is no such incident."),
    _("There is no such membership."),
    _("There is no such role assignment."),
    _("There is no such role."),
    _("There is no such thing."),
    _("There is no such user."),
    _("This alert was just moved to another incident. Look again, then decide."),
    _("This domain belongs to a tenant already."),
    _("This domain belongs to another tenant."),
    _("This domain is in the list already."),
    _("This domain is part of users' names and cannot be removed."),
    _("This email address has an account already."),
    _("This incident was merged into another; change that one."),
    _("This invitation is not open: it was used, withdrawn, or its time has passed."),
    _("This invitation was made out to another address."),
    _("This person already has a home tenant."),
    _("This role was given there already."),
    _("This user has accepted already."),
    _("This user is blocked already."),
    _("This user is in the group already."),
    _("This user is not blocked."),
    _("You are a user of this tenant already."),
    _("You cannot enter this directory."),
    _("Your home is another tenant; ask to be invited as a guest instead."),
)
"""What stands alone."""
