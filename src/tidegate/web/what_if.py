"""What a change opens and closes, in words, for pages that ask before they do it.

A form's second button, named `preview`, asks for it; pages that ask first say it unasked.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.forms import BaseForm
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.directory.models import User
from tidegate.gate.what_if import Difference, Effects, Move, foresee
from tidegate.web.forms.submitting import submit
from tidegate.web.visit import Visit, say
from tidegate.web.words import ROLE_PERMISSION_WORDS

SHOWN_AT_MOST: Final = 50
_NAMED_IN_SUMMARY: Final = 3


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person, and each thing they gain or lose, in words."""

    user: User
    opens: list[str]
    closes: list[str]


@dataclass(frozen=True, slots=True)
class EffectsCard:
    """What `web/components/effects.html` shows. `people` is cut at `SHOWN_AT_MOST`; `more` are the rest."""

    sentence: str
    people: list[PersonRow]
    more: int
    moves: list[str]


def effects_context(visit: Visit, change: Callable[[], object]) -> dict[str, Any]:
    """What a change would do, for `web/components/effects.html`: `effects`, or why it would be refused.

    What the person can mend (InvalidInput, Conflict) is told as `effects_refusal`; Forbidden and NotFound
    are raised, as by the change itself.
    """
    try:
        return {"effects": describe_effects(foresee(visit.scope, change))}
    except (InvalidInput, Conflict) as error:
        return {"effects_refusal": say(error)}


def preview_context(
    visit: Visit, form: BaseForm, action: Callable[[Mapping[str, Any]], object]
) -> dict[str, Any]:
    """The same for what was typed into a form; what is wrong with it stands beside its fields."""
    seen: list[Effects] = []
    submit(form, lambda values: seen.append(foresee(visit.scope, lambda: action(values))))
    return {"effects": describe_effects(seen[0])} if seen else {}


def is_preview(visit: Visit) -> bool:
    """Whether the form was sent by its button "See what it changes"."""
    return visit.method == "POST" and "preview" in visit.request.POST


def describe_effects(effects: Effects) -> EffectsCard:
    """Everybody for whom something changes, in words."""
    rows = [PersonRow(one.user, describe(one.opens), describe_loss(one.closes)) for one in effects.named]
    return EffectsCard(
        sentence=_summarize(effects),
        people=rows[:SHOWN_AT_MOST],
        more=max(0, len(rows) - SHOWN_AT_MOST),
        moves=[describe_move(move) for move in effects.moves],
    )


def describe_move(move: Move) -> str:
    """Devices that go from one group to another, in a sentence."""
    words = ngettext(
        "%(count)d device moves from %(source)s to %(target)s.",
        "%(count)d devices move from %(source)s to %(target)s.",
        move.devices,
    )
    return words % {"count": move.devices, "source": move.source, "target": move.target}


def describe(gained: Difference) -> list[str]:
    """What somebody gains, thing by thing."""
    words = [_("may enter this directory")] if gained.is_entry else []
    return words + _tenants(gained) + _things(gained)


def describe_loss(lost: Difference) -> list[str]:
    """What somebody loses, thing by thing."""
    words = [_("may not enter this directory any more")] if lost.is_entry else []
    return words + _tenants(lost) + _things(lost)


def _tenants(difference: Difference) -> list[str]:
    words = ngettext("%(count)d other tenant", "%(count)d other tenants", difference.tenants)
    return [words % {"count": difference.tenants}] if difference.tenants else []


def _things(difference: Difference) -> list[str]:
    lines = [str(ROLE_PERMISSION_WORDS[line]) for line in difference.lines]
    # Whoever begins or ceases to see devices at all is told how many, not group by group.
    named = () if Permission.DEVICE_READ in difference.permissions else difference.device_groups
    groups = [_("device group %(name)s") % {"name": name} for name in named]
    devices = ngettext("%(count)d device", "%(count)d devices", difference.devices)
    return lines + groups + ([devices % {"count": difference.devices}] if difference.devices else [])


def _summarize(effects: Effects) -> str:
    """One sentence: how many gain what, how many lose what."""
    gaining, losing = effects.gaining, effects.losing
    if not effects.people:
        return _("Nothing changes now for anyone who may enter.")
    gain = ngettext("%(count)d person gains %(things)s", "%(count)d people gain %(things)s", len(gaining))
    lose = ngettext("%(count)d person loses %(things)s", "%(count)d people lose %(things)s", len(losing))
    parts = [
        words % {"count": len(some), "things": _most_frequent(some)}
        for words, some in ((gain, gaining), (lose, losing))
        if some
    ]
    return "; ".join(parts) + "."


def _most_frequent(differences: list[Difference]) -> str:
    """The things that most of them gain or lose: a few by name, the others counted."""
    counts: Counter[str] = Counter()
    for one in differences:
        counts.update([_("entry")] * one.is_entry)
        counts.update(_tenants(one))
        counts.update(_things(one))
    things = [thing for thing, _count in counts.most_common()]
    named, others = things[:_NAMED_IN_SUMMARY], len(things) - _NAMED_IN_SUMMARY
    if others > 0:
        more = ngettext("%(count)d more thing", "%(count)d more things", others) % {"count": others}
        return ", ".join([*named, more])
    return ", ".join(named) or _("something")
