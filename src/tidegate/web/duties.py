"""What else waits for somebody: write-ups they owe, reviews to answer, roles to agree to."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.authorization.scope import Actor, Scope
from tidegate.entitlements.elevating import list_decidable
from tidegate.entitlements.reviewing import reviews_waiting
from tidegate.entitlements.writing_up import owed_by
from tidegate.web.links import tenant_link


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing to do, where to do it, and until when."""

    words: str
    label: str
    url: str
    until: datetime | None = None
    is_urgent: bool = False


def own_duties(actor: Actor, where: uuid.UUID | None) -> list[Duty]:
    """What somebody owes because of access, here or everywhere: write-ups, then reviews. Two statements."""
    if actor.account_id is None:
        return []
    owed = [one for one in owed_by(actor.account_id) if where in {None, one.tenant_id}]
    write_ups = [
        Duty(
            _("You owe %(tenant)s the write-up of an emergency entry.") % {"tenant": one.tenant.display_name},
            _("Write it"),
            tenant_link("write_up", str(one.tenant_id), one.assignment_id),
            one.due_at,
            is_urgent=True,
        )
        for one in owed
    ]
    reviews = [
        Duty(
            _("%(tenant)s asks whether access is still needed: %(review)s.")
            % {"tenant": one.tenant.display_name, "review": one.display_name},
            _("Answer"),
            tenant_link("review", str(one.tenant_id), one.id),
            one.ends_at,
        )
        for one in reviews_waiting(actor, where)
    ]
    return write_ups + reviews


def deciding_duties(scope: Scope | None) -> list[Duty]:
    """Roles that others want to take up in the tenant that is open, and this person is to agree to."""
    waiting = len(list_decidable(scope)) if scope else 0
    if scope is None or not waiting:
        return []
    words = ngettext(
        "%(count)d person waits for you to agree that they take up a role.",
        "%(count)d people wait for you to agree that they take up a role.",
        waiting,
    )
    return [Duty(words % {"count": waiting}, _("Decide"), tenant_link("elevation", str(scope.tenant_id)))]
