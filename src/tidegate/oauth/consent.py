"""Whether a person must be asked before an application acts for them, and about what."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tidegate.authorization.api_permissions import (
    ApiPermission,
    GrantKind,
    Resource,
    find_api_permission,
)
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.directory.actions.consents import Term, consent_for_oneself, grant_consent, usual_term
from tidegate.directory.lifetimes import longest_access
from tidegate.directory.models import Application
from tidegate.oauth.delegation import granted_now, wanted
from tidegate.oauth.entering import Entered
from tidegate.oauth.errors import StsError
from tidegate.oauth.scopes import Asked

SPANS: Final = (30, 90, 180, 365)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody is asked. `missing` is not granted yet; `shown` is what the page lists.

    `for_everybody`: only an administrator may answer, and answers for the whole tenant.
    """

    entered: Entered
    shown: Collection[ApiPermission]
    missing: Collection[ApiPermission]
    for_everybody: bool = False

    @property
    def may_answer_for_everybody(self) -> bool:
        """Whether the person may consent for the whole tenant."""
        return self.entered.is_usable and self.entered.scope.allows(Permission.CONSENT_GRANT)

    @property
    def may_answer(self) -> bool:
        """Whether the person may say yes to it at all."""
        harmless = not any(each.needs_administrator for each in self.missing)
        return self.may_answer_for_everybody or (harmless and not self.for_everybody)

    @property
    def seal(self) -> str:
        """A hash of what is asked: an answer counts only for what the person saw."""
        names = [f"{each.resource} {each.kind} {each.value}" for each in (*self.shown, *self.missing)]
        return hashlib.sha256(" ".join(names).encode()).hexdigest()


def find_question(entered: Entered, asked: Asked, prompts: frozenset[str]) -> Question | None:
    """What must be asked before this request is granted; None where everything is granted already.

    Raises StsError for an application that needs nothing of the API, and where nobody could consent.
    """
    wishes = wanted(asked, entered.application)
    granted = granted_now(entered.principal, entered.user.id, asked) if entered.principal else frozenset()
    if asked.wants_all and not wishes and not granted:
        raise StsError(650057, client=entered.application.client_id, resource=asked.audience.named)
    missing = wishes - granted
    is_asked_for = not prompts.isdisjoint({"consent", "admin_consent"})
    if not missing and entered.principal is not None and not is_asked_for:
        return None
    if missing and not entered.is_usable:
        raise StsError(65001, error="consent_required", client=entered.application.client_id)
    for_everybody = "admin_consent" in prompts
    shown = (
        missing if missing and not is_asked_for else wishes | (granted if asked.wants_all else frozenset())
    )
    if for_everybody:
        shown |= required_of(entered.application)
    return Question(entered, in_order(shown), in_order(missing), for_everybody)


def required_of(application: Application) -> frozenset[ApiPermission]:
    """Everything that an application says it needs; what this release does not know is left out."""
    rows = application.required_permissions
    found = (
        find_api_permission(Resource(row["resource"]), GrantKind(row["kind"]), row["value"]) for row in rows
    )
    return frozenset(permission for permission in found if permission)


def in_order(permissions: Collection[ApiPermission]) -> list[ApiPermission]:
    """As a page lists them: by API, the application's own first."""
    return sorted(permissions, key=lambda each: (each.resource, each.kind, each.value))


def answer_for_oneself(question: Question) -> None:
    """Consent as the person who is asked. Raises Forbidden, NotFound."""
    entered = question.entered
    if question.missing or entered.principal is None:
        consent_for_oneself(entered.scope, entered.application.client_id, question.missing)


def answer_for_everybody(question: Question, days: int) -> None:
    """Consent for the whole tenant, for so many days. Raises Forbidden, NotFound, InvalidInput."""
    entered = question.entered
    grant_consent(entered.scope, entered.application.client_id, question.shown, term=Term(end_after(days)))


def end_after(days: int) -> datetime:
    """The end of a consent for so many days from now, within what the operator allows."""
    return clock.now() + min(timedelta(days=days), longest_access())


def end_for_oneself() -> datetime | None:
    """Until when a person's own consent holds."""
    return usual_term().ends_at
