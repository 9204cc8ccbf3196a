"""Service levels in words, and which of the reader's customers have which."""

from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tidegate.authorization.scope import Scope
from tidegate.customers.clocks import MINUTES_OF_DAY, SEVERITIES, Target
from tidegate.customers.levels import LevelDraft, assigned_levels, list_service_levels, read_draft
from tidegate.customers.models import ServiceLevel
from tidegate.directory.queries import list_enterable
from tidegate.web import frame as fr
from tidegate.web.forms.service_levels import SEVERITY_WORDS, WEEKDAYS, write_span
from tidegate.web.tenant_groups import badges, enterable


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One service level: its targets and hours in words, and the reader's customers that have it."""

    level: ServiceLevel
    targets: list[tuple[str, str, str]]
    hours: list[str]
    customers: list[fr.TenantBadge]


def list_rows(scope: Scope) -> list[LevelRow]:
    """The service levels by name. Three statements, however many. Raises NotFound for who is no member."""
    levels = list(list_service_levels(scope))
    reach = enterable(scope.actor)
    given = assigned_levels(scope, reach)
    names = {user.tenant_id: user.tenant for user in list_enterable(reach)}
    rows = []
    for level in levels:
        having = [names[one] for one, held in given.items() if held.id == level.id and one in names]
        draft = read_draft(level)
        shown = badges(sorted(having, key=lambda one: (one.display_name.casefold(), str(one.id))))
        rows.append(LevelRow(level, describe_targets(draft), describe_hours(draft), shown))
    return rows


def describe_targets(draft: LevelDraft) -> list[tuple[str, str, str]]:
    """For each severity with a target: Graph's word, the time to take it on, the time to resolve it."""
    return [
        (severity, _say_minutes(target.acknowledge), _say_minutes(target.resolve))
        for severity in SEVERITIES
        if (target := draft.targets.get(severity, Target())) != Target()
    ]


def describe_hours(draft: LevelDraft) -> list[str]:
    """The hours that count, a line for days that are alike."""
    if draft.week is None:
        return [_("around the clock")]
    days = [(str(label), spans) for (_day, label), spans in zip(WEEKDAYS, draft.week, strict=True)]
    lines = []
    for spans, alike in groupby(days, key=lambda one: one[1]):
        names = [name for name, _spans in alike]
        told = names[0] if len(names) == 1 else f"{names[0]} – {names[-1]}"
        if spans:
            lines.append(f"{told} {', '.join(map(write_span, spans))}")
    lines.append(draft.time_zone)
    if draft.holidays:
        words = ngettext("%(count)d holiday", "%(count)d holidays", len(draft.holidays))
        lines.append(words % {"count": len(draft.holidays)})
    if draft.always:
        always = ", ".join(str(SEVERITY_WORDS[one]) for one in SEVERITIES if one in draft.always)
        lines.append(_("around the clock: %(severities)s") % {"severities": always})
    return lines


def assign_choices(scope: Scope) -> list[tuple[str, str]]:
    """The reader's tenants, each with the service level that it has. Two statements."""
    reach = enterable(scope.actor)
    levels = {tenant_id: f" ({level.name})" for tenant_id, level in assigned_levels(scope, reach).items()}
    tenants = sorted(
        (user.tenant for user in list_enterable(reach)), key=lambda one: one.display_name.casefold()
    )
    return [(str(one.id), f"{one.display_name}{levels.get(one.id, '')}") for one in tenants]


def _say_minutes(minutes: int | None) -> str:
    """A number of minutes as people say it, in the largest unit that it is a whole number of."""
    if minutes is None:
        return ""
    if minutes % MINUTES_OF_DAY == 0:
        count = minutes // MINUTES_OF_DAY
        return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
    if minutes % 60 == 0:
        count = minutes // 60
        return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
