"""Answers, outcomes and rules of reviews in words that people read."""

from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tidegate.entitlements.models import Outcome
from tidegate.entitlements.words import ApproverKind, ReviewResult, WithoutAnswer

RESULT_WORDS: Final = MappingProxyType[str, Promise](
    {
        ReviewResult.APPROVE: pgettext_lazy("access review", "Keep"),
        ReviewResult.DENY: pgettext_lazy("access review", "Remove"),
        ReviewResult.DONT_KNOW: _("Don't know"),
        ReviewResult.NOT_REVIEWED: _("No answer yet"),
    }
)
RESULT_LEVELS: Final = MappingProxyType[str, str](
    {
        ReviewResult.APPROVE: "ok",
        ReviewResult.DENY: "bad",
        ReviewResult.DONT_KNOW: "dim",
        ReviewResult.NOT_REVIEWED: "dim",
    }
)
OUTCOME_WORDS: Final = MappingProxyType[str, Promise](
    {
        Outcome.KEPT: pgettext_lazy("access review", "Kept"),
        Outcome.REMOVED: pgettext_lazy("access review", "Removed"),
        Outcome.ENDED: _("Had ended before"),
        Outcome.REFUSED: _("Kept: the last administrator"),
    }
)
OUTCOME_LEVELS: Final = MappingProxyType[str, str](
    {Outcome.KEPT: "ok", Outcome.REMOVED: "bad", Outcome.ENDED: "dim", Outcome.REFUSED: "warning"}
)
SILENCE_WORDS: Final = MappingProxyType[str, Promise](
    {
        WithoutAnswer.KEEP: _("Access is kept"),
        WithoutAnswer.REMOVE: _("Access is removed"),
        WithoutAnswer.RECOMMENDATION: _("The recommendation is followed"),
    }
)
REVIEWER_WORDS: Final = MappingProxyType[str, Promise](
    {
        ApproverKind.INTERNAL_SPONSORS: _("Sponsors inside the organization"),
        ApproverKind.EXTERNAL_SPONSORS: _("Sponsors of their own organization"),
        ApproverKind.MANAGER: _("Their managers"),
    }
)
