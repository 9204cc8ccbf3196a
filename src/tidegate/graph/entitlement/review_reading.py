"""How often it is asked whether access under a policy is still needed, as a program writes it."""

from datetime import timedelta
from typing import Final

from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.entitlements.rules import ReviewRule
from tidegate.entitlements.words import WithoutAnswer
from tidegate.graph.bodies import Body
from tidegate.graph.entitlement.subject_sets import read_approvers

_MONTHS_OF: Final = {"absolutemonthly": 1, "relativemonthly": 1, "absoluteyearly": 12, "relativeyearly": 12}
_USUAL_TIME: Final = timedelta(days=25)


def read_review(body: Body) -> ReviewRule | None:
    """The rule; None where there are no reviews. Raises InvalidInput naming the member."""
    if not body or not body.flag("isEnabled", default=True):
        return None
    if body.many("fallbackReviewers"):
        reason = "is not supported: name them among the reviewers, any one of whom answers"
        raise InvalidInput(fields={body.name("fallbackReviewers"): reason})
    reviewers = read_approvers(body, "primaryReviewers")
    if body.flag("isSelfReview", default=not reviewers) == bool(reviewers):
        reason = "must be true where nobody is named, and false where reviewers are"
        raise InvalidInput(fields={body.name("isSelfReview"): reason})
    schedule = body.inner("schedule")
    return ReviewRule(
        starts_at=schedule.moment("startDateTime") or clock.now(),
        every_months=_read_months(schedule.inner("recurrence")),
        duration=schedule.inner("expiration").duration("duration") or _USUAL_TIME,
        reviewers=reviewers,
        without_answer=_read_behavior(body),
        is_justification_required=body.flag("isReviewerJustificationRequired", default=True),
        shows_recommendation=body.flag("isRecommendationEnabled", default=True),
    )


def _read_behavior(body: Body) -> WithoutAnswer:
    word = body.text("expirationBehavior", WithoutAnswer.RECOMMENDATION)
    found = next((known for known in WithoutAnswer if known.value.lower() == word.lower()), None)
    if found is None:
        known = ", ".join(WithoutAnswer.values)
        raise InvalidInput(fields={body.name("expirationBehavior"): f"must be one of: {known}"})
    return found


def _read_months(recurrence: Body) -> int:
    pattern, ends = recurrence.inner("pattern"), recurrence.inner("range")
    if ends.text("type", "noEnd").lower() != "noend":
        raise InvalidInput(fields={ends.name("type"): "must be noEnd"})
    word = pattern.text("type", "absoluteYearly").lower()
    if word not in _MONTHS_OF:
        raise InvalidInput(fields={pattern.name("type"): "must be absoluteMonthly or absoluteYearly"})
    interval = pattern.members.get("interval", 1)
    if not isinstance(interval, int) or isinstance(interval, bool) or interval < 1:
        raise InvalidInput(fields={pattern.name("interval"): "must be a whole number from 1"})
    return _MONTHS_OF[word] * interval
