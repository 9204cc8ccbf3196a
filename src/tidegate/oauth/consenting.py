"""The answer to a question of consent, as its form says it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from tidegate.core.errors import Forbidden, InvalidInput, NotFound
from tidegate.oauth.consent import SPANS, Question, answer_for_everybody, answer_for_oneself


def accept(question: Question, form: Mapping[str, str]) -> str:
    """Consent to what the person saw, for themselves or for everybody; why not, if that cannot be."""
    if not question.may_answer or form.get("seal") != question.seal:
        return _("What is asked for has changed meanwhile. Read it again.")
    try:
        if question.for_everybody or form.get("for") == "everybody":
            answer_for_everybody(question, _read_days(form.get("days", "")))
        else:
            answer_for_oneself(question)
    except Forbidden as error:
        words = _(
            "Nobody may give an application more than they may do themselves. You lack: %(permission)s."
        )
        return words % {"permission": error.permission}
    except (NotFound, InvalidInput):
        return _("That could not be done. Read it again.")
    return ""


def _read_days(text: str) -> int:
    """The length of a consent for everybody. Raises InvalidInput for one that was not offered."""
    if not text.isascii() or not text.isdigit() or int(text[:6]) not in SPANS:
        raise InvalidInput(fields={"days": "must be one of those offered"})
    return int(text)
