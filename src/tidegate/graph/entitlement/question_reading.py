"""The questions of a policy, as a program writes them."""

import uuid

from tidegate.core.errors import InvalidInput
from tidegate.entitlements.rules import Question
from tidegate.graph.bodies import Body


def read_questions(body: Body) -> tuple[Question, ...]:
    """The questions in their sequence. Raises InvalidInput naming the member."""
    bodies = body.many("questions")
    sequence = {each.path: each.members.get("sequence") for each in bodies}
    if all(isinstance(place, int) for place in sequence.values()):
        bodies.sort(key=lambda each: int(sequence[each.path] or 0))
    return tuple(_read_question(each) for each in bodies)


def _read_question(body: Body) -> Question:
    _refuse_what_is_not_kept(body)
    choices = tuple(_read_text(each) for each in body.many("choices"))
    kind = body.type_name or ("accessPackageMultipleChoiceQuestion" if choices else "")
    if kind not in {"", "accessPackageMultipleChoiceQuestion", "accessPackageTextInputQuestion"}:
        reason = "must be accessPackageTextInputQuestion or accessPackageMultipleChoiceQuestion"
        raise InvalidInput(fields={body.name("@odata.type"): reason})
    is_choice = kind == "accessPackageMultipleChoiceQuestion"
    if is_choice and not choices:
        raise InvalidInput(fields={body.name("choices"): "must hold what may be chosen"})
    return Question(
        id=str(body.guid("id") or uuid.uuid4()),
        text=_read_text(body),
        is_required=body.flag("isRequired", default=False),
        is_long=not is_choice and not body.flag("isSingleLineQuestion", default=True),
        choices=choices if is_choice else (),
    )


def _refuse_what_is_not_kept(body: Body) -> None:
    if body.text("regexPattern"):
        raise InvalidInput(fields={body.name("regexPattern"): "is not supported"})
    for member in ("isMultipleSelectionAllowed", "allowsMultipleSelection"):
        if body.flag(member, default=False):
            raise InvalidInput(fields={body.name(member): "is not supported"})
    if body.many("localizations"):
        raise InvalidInput(fields={body.name("localizations"): "is not supported"})


def _read_text(body: Body) -> str:
    """A text, which the beta has as an object with one text for each language."""
    value = body.members.get("text")
    if isinstance(value, dict):
        return body.inner("text").text("defaultText")
    return body.text("text") or body.text("actualValue")
