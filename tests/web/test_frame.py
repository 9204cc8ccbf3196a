from datetime import UTC, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from tidegate.web import frame as fr
from tidegate.web.gallery import gallery_context
from tidegate.web.templatetags import tidegate_frame, tidegate_times

NOW = datetime(2026, 11, 23, 16, 24, 8, tzinfo=UTC)
TENANT_ID = "21e3a6b5-dece-4ae1-81cf-c10777b21c88"


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidegate_frame, "now", lambda: NOW)
    monkeypatch.setattr(tidegate_times, "now", lambda: NOW)


def draw_stripe(stripe: fr.Stripe) -> str:
    return render_to_string("web/frame/stripe.html", tidegate_frame.tenant_stripe(stripe))


def guest_stripe(ends_at: datetime | None) -> fr.Stripe:
    return fr.Stripe(
        fr.StripeKind.TENANT,
        "Orvane <b>Shipping</b>",
        hue=191,
        relation=fr.Relation.GUEST,
        home_name="Veldwacht MDR",
        role_names=("Tier 2 Analyst",),
        ends_at=ends_at,
        extend_url="/extend",
    )


def test_tenant_badge_follows_from_id_and_name() -> None:
    badge = fr.tenant_badge(TENANT_ID.upper(), "Orvane Shipping", fr.Relation.GUEST, "/?tid=x")
    assert badge == fr.TenantBadge(
        TENANT_ID, "Orvane Shipping", "21e3a6b5", 191, "OS", fr.Relation.GUEST, "/?tid=x"
    )


def test_person_without_a_name_takes_letters_of_the_address() -> None:
    assert fr.person("", "noor.berg@eb.example").initials == "NO"


def test_stripe_of_a_guest_says_from_where_as_what_and_until_when() -> None:
    with timezone.override("Europe/Amsterdam"), translation.override("en"):
        html = draw_stripe(guest_stripe(NOW + timedelta(days=3, minutes=36)))
    assert "from Veldwacht MDR" in html
    assert "Tier 2 Analyst" in html
    assert "Access ends in <b>3 days</b>" in html
    assert 'datetime="2026-11-26T17:00:08Z"' in html
    assert "Thu 26 Nov 18:00" in html
    assert 'href="/extend"' in html
    assert "stripe-ends-soon" not in html


def test_stripe_escapes_the_tenants_name() -> None:
    html = draw_stripe(guest_stripe(None))
    assert "Orvane &lt;b&gt;Shipping&lt;/b&gt;" in html
    assert "Access ends" not in html


@pytest.mark.parametrize(("hours", "soon"), [(25, False), (23, True), (-1, True)])
def test_stripe_has_an_amber_foot_in_the_last_day(hours: int, *, soon: bool) -> None:
    html = draw_stripe(guest_stripe(NOW + timedelta(hours=hours)))
    assert ("stripe-ends-soon" in html) is soon


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3, hours=20), "3 days"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(seconds=61), "1 minute"),
        (timedelta(seconds=-5), "0 minutes"),
    ],
)
def test_countdown_is_told_in_the_unit_that_matters(left: timedelta, words: str) -> None:
    with translation.override("en"):
        assert tidegate_frame.describe_countdown(left) == words


def test_stripe_over_many_tenants_has_dots_and_notes() -> None:
    html = draw_stripe(
        fr.Stripe(
            fr.StripeKind.MANY,
            "All customers",
            hues=(140, 157),
            notes=(fr.StripeNote("12 of 13 answering", "Why", "/why"),),
            aside=fr.StripeNote("2 accesses end this week", "Show", "/show"),
        )
    )
    assert html.count('class="dot"') == 2
    assert '12 of 13 answering <a href="/why">Why</a>' in html
    assert '2 accesses end this week <a href="/show">Show</a>' in html


def test_page_is_named_after_the_tenant_first() -> None:
    context = gallery_context()
    html = render_to_string("web/gallery.html", context)
    assert f"<title>{context['frame'].tenant.display_name}: Patterns - Tidegate</title>" in html


def test_page_carries_the_chosen_theme() -> None:
    context = gallery_context()
    assert "data-theme" not in render_to_string("web/gallery.html", context)
    account = fr.AccountMenu(fr.person("A B"), theme="dark")
    frame = fr.Frame("", None, fr.Stripe(fr.StripeKind.NONE, "None"), fr.Switcher(None), (), account)
    html = render_to_string("web/errors/404.html", {"frame": frame})
    assert 'data-theme="dark"' in html
    assert "No directory open" in html


@pytest.mark.parametrize("status", ["400", "403", "404", "409", "500", "503"])
def test_error_pages_need_no_context_at_all(status: str) -> None:
    html = render_to_string(f"web/errors/{status}.html", {})
    assert "<h1>" in html
    assert 'class="lone"' in html


def test_refused_page_repeats_what_was_asked_and_escapes_it() -> None:
    context = {"frame": gallery_context()["frame"], "asked": "<script>", "page": "/incidents/1", "at": NOW}
    html = render_to_string("web/errors/refused.html", context)
    assert "<code>&lt;script&gt;</code>" in html
    assert "<code>/incidents/1</code>" in html
    assert "<script>" not in html
