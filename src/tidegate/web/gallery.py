"""Sample data for the pattern gallery, where every component can be looked at beside the others.

All names are invented. Nothing here reads the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.functional import Promise

from tidegate.authorization.permissions import Permission
from tidegate.core.clock import now
from tidegate.directory.models import User
from tidegate.web import frame as fr
from tidegate.web.plots.model import SeverityCounts, Words
from tidegate.web.plots.response_times import Series, plot_times
from tidegate.web.plots.stacked_days import Day, plot_days
from tidegate.web.plots.stacked_rows import Row, TenantRow, plot_rows, plot_tenants
from tidegate.web.what_if import EffectsCard, PersonRow
from tidegate.web.why import Explained, Fact, Why

TENANT_NAMES = ("Kustlijn Havens", "Adelaar Zorg", "Mosveld Papier", "Duinrand Energie", "Wester Metaal")
PERSON = fr.person("Noor van den Berg", "noor@eb.example")
DAYS = 14
HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One of the saved views."""

    label: str
    url: str
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the bulk bar."""

    label: str | Promise
    name: str
    value: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A row of a queue."""

    severity: str
    number: int
    title: str
    status: str
    owner: fr.Person | None
    created_at: datetime
    tenant: fr.TenantBadge
    tag: str = ""


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name", max_length=80, help_text="As people know the directory.")
    country = forms.ChoiceField(label="Country", choices=[("nl", "Netherlands"), ("be", "Belgium")])
    reason = forms.CharField(label="Reason", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    kind = forms.ChoiceField(
        label="Access for", choices=[("8", "8 hours"), ("1", "1 hour")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="Tell them by mail", required=False)


def gallery_context(form: SampleForm | None = None) -> dict[str, Any]:
    """Everything that `web/gallery.html` shows."""
    tenants = _tenants()
    return {
        "frame": _frame(tenants),
        "tenants": tenants,
        "person": PERSON,
        "form": SampleForm(),
        "wrong_form": form or SampleForm({"name": "", "country": "xx", "kind": ""}),
        "rows": _rows(tenants),
        "segments": [
            Segment("All open", "#a"),
            Segment("Mine", "#m", 4, current=True),
            Segment("High only", "#h"),
        ],
        "actions": [Action("Assign", "do", "assign", "a"), Action("Status", "do", "status", "s")],
        "hints": [(("j", "k"), "move"), (("x",), "select"), (("Enter",), "open")],
        "until": now() + timedelta(days=3),
        "why": _why(tenants[0].display_name),
        "counts": SeverityCounts(9, 17, 9, 3),
        "severities": ["high", "medium", "low", "informational"],
        "statuses": ["new", "inProgress", "awaitingAction", "resolved", "redirected"],
        "verdicts": ["malicious", "suspicious", "noThreatsFound", "unknown"],
        "plots": _plots(tenants),
        "effects": _effects(),
    }


def _effects() -> EffectsCard:
    guest = User(display_name="Noor van den Berg", user_type=User.UserType.GUEST)
    member = User(display_name="Sanne Prins", user_type=User.UserType.MEMBER)
    return EffectsCard(
        sentence="1 person gains Live response: basic; 1 person loses device group Cranes, 12 devices.",
        people=[
            PersonRow(guest, ["Live response: basic"], []),
            PersonRow(member, [], ["device group Cranes", "12 devices"]),
        ],
        more=0,
        moves=["12 devices move from Ungrouped devices to Cranes."],
    )


def _why(tenant: str) -> Why:
    until = now() + timedelta(days=3)
    words = ("Noor van den Berg (Ebbewacht MDR)", f"Guest in {tenant}", "Role Tier 2 Analyst")
    facts = tuple(Fact(text, None) for text in words)
    return Why(
        permission=Permission.INCIDENT_READ,
        is_open=True,
        toggle_url="#why",
        who_url="#who",
        chains=(Explained(facts, until),),
    )


def _tenants() -> tuple[fr.TenantBadge, ...]:
    return tuple(
        fr.tenant_badge(f"{place:08x}-7d1c-4b0e-9a61-3f2b8c4d5e6f", name, fr.Relation.GUEST, f"?tid={place}")
        for place, name in enumerate(TENANT_NAMES, start=7)
    )


def _frame(tenants: Sequence[fr.TenantBadge]) -> fr.Frame:
    tenant = tenants[0]
    return fr.Frame(
        tid=tenant.tenant_id,
        tenant=tenant,
        stripe=fr.Stripe(
            fr.StripeKind.TENANT,
            tenant.display_name,
            hue=tenant.hue,
            initials=tenant.initials,
            relation=fr.Relation.GUEST,
            home_name="Ebbewacht MDR",
            role_names=("Tier 2 Analyst",),
            ends_at=now() + timedelta(hours=5),
            extend_url="#extend",
        ),
        switcher=fr.Switcher(tenant),
        navigation=(
            fr.NavSection(
                None,
                (
                    fr.NavItem("overview", "Overview", "#overview", "overview"),
                    fr.NavItem("incidents", "Incidents", "#incidents", "incidents", 38, current=True),
                    fr.NavItem("alerts", "Alerts", "#alerts", "alerts", 112),
                ),
            ),
            fr.NavSection(
                tenant.display_name, (fr.NavItem("properties", "Properties", "#properties", "properties"),)
            ),
        ),
        account=fr.AccountMenu(PERSON, "#security", "#language", "#theme", "#sign-out"),
    )


def _rows(tenants: Sequence[fr.TenantBadge]) -> list[SampleRow]:
    started = now()
    return [
        SampleRow(
            "high", 512, "Password spray, then a sign-in", "active", None,
            started - timedelta(minutes=11), tenants[0], "VIP",
        ),
        SampleRow(
            "medium", 509, "Mailbox rule sends copies outside", "inProgress", PERSON,
            started - timedelta(hours=2), tenants[1],
        ),
        SampleRow(
            "low", 498, "Scanner seen on the guest network", "awaitingAction", PERSON,
            started - timedelta(hours=30), tenants[2],
        ),
        SampleRow(
            "informational", 497, "New device joined", "resolved", PERSON,
            started - timedelta(days=9), tenants[3],
        ),
    ]  # fmt: skip


def _plots(tenants: Sequence[fr.TenantBadge]) -> dict[str, object]:
    days = [
        Day(str(day), SeverityCounts(day % 5 * 3, 10 + day % 7 * 3, 20 + day % 4 * 4, 8), strong=day == DAYS)
        for day in range(1, DAYS + 1)
    ]
    waves = tuple(float(8 + day % 5) for day in range(DAYS))
    ages = [
        Row("Under 1 h", SeverityCounts(7, 8, 3)),
        Row("Over 7 days", SeverityCounts(0, 2, 4, 1), "oldest 11 days"),
    ]
    return {
        "days": plot_days(Words("days", "Alerts per day", "Alerts of 14 days by severity"), days),
        "times": plot_times(
            Words("times", "Time to acknowledge and resolve", "Median and 90th percentile of 14 days"),
            [day.label for day in days],
            (
                Series(
                    "Acknowledge",
                    tuple(wave * 60 for wave in waves),
                    tuple(wave * 180 for wave in waves),
                    900,
                ),
                Series(
                    "Resolve", tuple(wave * HOUR / 4 for wave in waves), tuple(wave * HOUR for wave in waves)
                ),
            ),
        ),
        "ages": plot_rows(Words("ages", "Open by age", "Open incidents by age"), ages, what="Age"),
        "tenants": plot_tenants(
            Words("load", "Tenants by load", "Open incidents by tenant"),
            [
                TenantRow(tenant.display_name, tenant.hue, 9 - place * 2, 38 - place * 6)
                for place, tenant in enumerate(tenants)
            ],
        ),
        "nothing": plot_days(Words("none", "Alerts per day", "No alerts"), []),
    }
