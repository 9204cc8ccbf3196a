from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.template.defaultfilters import truncatechars
from django.utils import timezone, translation
from django.utils.formats import date_format

from tidegate.web.frame import Person, tenant_badge
from tidegate.web.plots.model import SeverityCounts
from tidegate.web.templatetags import tidegate_times
from tidegate.web.templatetags.tidegate_text import shortened
from tidegate.web.templatetags.tidegate_times import STYLES, describe_age, describe_duration, format_local

NOW = datetime(2026, 11, 23, 16, 24, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _amsterdam(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(tidegate_times, "now", lambda: NOW)
    with timezone.override("Europe/Amsterdam"), translation.override("en"):
        yield


def draw(source: str, **context: object) -> str:
    return Template("{% load tidegate %}" + source).render(Context(context))


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As people <know> it.")
    note = forms.CharField(required=False)
    kind = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()


def test_icon_is_decoration_unless_it_is_labelled() -> None:
    assert 'aria-hidden="true"' in draw('{% icon "copy" %}')
    labelled = draw('{% icon "copy" label=label size=14 %}', label="a<b")
    assert 'role="img" aria-label="a&lt;b"' in labelled
    assert 'width="14" height="14"' in labelled
    assert "sprite.svg#copy" in labelled


@pytest.mark.parametrize(
    ("value", "word"), [("high", "High"), ("medium", "Medium"), ("low", "Low"), ("informational", "Info")]
)
def test_severity_is_shape_word_and_colour(value: str, word: str) -> None:
    html = draw("{% severity value %}", value=value)
    assert f"sev-{value}" in html
    assert f"#severity-{value}" in html
    assert word in html


def test_severity_without_its_word_keeps_it_as_name() -> None:
    html = draw('{% severity "high" word=False %}')
    assert '<span class="visually-hidden">High</span>' in html
    assert 'title="High"' in html


@pytest.mark.parametrize("tag", ["severity", "status", "verdict"])
def test_an_unknown_value_is_shown_as_it_came(tag: str) -> None:
    html = draw("{% " + tag + " value %}", value="<new>Word")
    assert "&lt;new&gt;Word" in html
    assert "#dots" in html


def test_signs_speak_the_viewers_language() -> None:
    assert draw('{% status "active" %}') == draw('{% status "new" %}')


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-9), "0 m"),
        (timedelta(seconds=59), "0 m"),
        (timedelta(minutes=11), "11 m"),
        (timedelta(minutes=60), "1 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=59), "59 d"),
    ],
)
def test_describe_age(age: timedelta, words: str) -> None:
    assert describe_age(age) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (40, "40 s"), (480, "8 m"), (8460, "2 h 21 m"), (7200, "2 h"), (273600, "3 d 4 h")],
)
def test_describe_duration(seconds: float, words: str) -> None:
    assert describe_duration(seconds) == words


def test_age_has_utc_and_the_viewers_time_on_hover() -> None:
    html = draw("{% age at %}", at=NOW - timedelta(minutes=11))
    assert html == (
        '<time datetime="2026-11-23T16:13:08Z"'
        ' title="23 November 2026, 17:13 · 2026-11-23 16:13:08 UTC">11 m</time>'
    )


def test_a_great_age_is_a_date() -> None:
    assert ">1 Jan 2026</time>" in draw("{% age at %}", at=datetime(2026, 1, 1, 12, tzinfo=UTC))


def test_moment_is_in_the_viewers_zone() -> None:
    html = draw('{% moment at "second" %}', at=NOW)
    assert html == (
        '<time datetime="2026-11-23T16:24:08Z" title="2026-11-23 16:24:08 UTC">'
        "Mon 23 Nov 2026, 17:24:08</time>"
    )


def test_no_time_is_a_dash_that_is_read_as_none() -> None:
    assert 'class="visually-hidden">none<' in draw("{% moment None %}")
    assert draw("{% age None %}") == draw("{% moment None %}")
    assert draw("{{ None|duration }}") == "\N{EN DASH}"


def test_zone_name_is_the_city() -> None:
    assert draw("{% zone_name %}") == "Amsterdam time"
    with timezone.override("UTC"):
        assert draw("{% zone_name %}") == "UTC"


def test_count_groups_by_locale_and_dims_zero() -> None:
    assert draw("{% count 12345 %}") == "12,345"
    with translation.override("nl"):
        assert draw("{% count 12345 %}") == "12.345"
    assert 'class="visually-hidden">0<' in draw("{% count 0 %}")
    assert 'class="visually-hidden">not known<' in draw("{% count None %}")


def test_tenant_parts_escape_and_carry_only_the_hue() -> None:
    tenant = tenant_badge("21e3a6b5-dece-4ae1-81cf-c10777b21c88", "<b>Orvane</b>")
    html = draw("{% tile tenant %}{% tenant_name tenant %}", tenant=tenant)
    assert html.count('data-hue="191"') == 2
    assert "style=" not in html
    assert "&lt;b&gt;Orvane&lt;/b&gt;" in html


def test_person_name() -> None:
    assert "Unassigned" in draw("{% person_name None %}")
    assert "a@b.example" in draw("{% person_name who %}", who=Person("", "a@b.example", "AB"))


def test_mini_bar_keeps_a_count_of_one_visible() -> None:
    html = draw("{% mini_bar counts 5000 %}", counts=SeverityCounts(1, 0, 0, 0))
    assert 'width="3.0"' in html
    assert html.count("<rect") == 1
    assert draw("{% mini_bar counts 0 %}", counts=SeverityCounts()).count("<rect") == 0


def test_copy_button_names_what_it_copies() -> None:
    html = draw('{% copy_button value "Directory ID of Orvane" key="y" %}', value='a"b')
    assert 'data-copy="a&quot;b"' in html
    assert 'aria-label="Copy Directory ID of Orvane"' in html
    assert 'data-copied="Directory ID of Orvane copied"' in html
    assert 'data-key="y"' in html


def test_id_field_ends_its_toast_with_the_tenants_name() -> None:
    html = draw('{% id_field "abc" "Directory ID" "Orvane" %}')
    assert ">abc</textarea>" in html
    assert 'data-copied="Directory ID of Orvane copied"' in html
    assert 'data-strong="Orvane"' in html


def test_field_ties_label_hint_and_error_to_the_control() -> None:
    html = draw("{% field form.name %}", form=SampleForm({"name": ""}))
    assert '<label for="id_name">' in html
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'id="id_name-hint">As people &lt;know&gt; it.<' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name-error"' in html


def test_field_says_when_it_may_stay_empty() -> None:
    assert "optional" in draw("{% field form.note %}", form=SampleForm())
    assert "optional" not in draw("{% field form.name %}", form=SampleForm())


def test_field_of_choices_is_a_group_and_of_yes_or_no_a_box() -> None:
    assert "<fieldset" in draw("{% field form.kind %}", form=SampleForm())
    html = draw("{% field form.agreed %}", form=SampleForm())
    assert 'class="checkbox"' in html
    assert html.index("<input") < html.index("<label")


def test_error_summary_links_to_each_wrong_field_and_is_absent_when_all_is_well() -> None:
    html = draw("{% error_summary form %}", form=SampleForm({}))
    assert 'role="alert"' in html
    assert '<a href="#id_name">Name: This field is required.</a>' in html
    assert draw("{% error_summary form %}", form=SampleForm()).strip() == ""


def test_language_form_offers_each_language_in_its_own_words() -> None:
    html = draw('{% language_form "/language" %}')
    assert 'action="/language"' in html
    assert 'value="nl" lang="nl"' in html
    assert "Nederlands" in html
    assert draw("{% language_form %}").strip() == ""


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("month", range(1, 13))
def test_full_time_is_what_djangos_filter_makes_of_it(language: str, month: int) -> None:
    at = datetime(2026, month, month * 2, 6, 5, 4, tzinfo=UTC)
    with translation.override(language), timezone.override("Europe/Amsterdam"):
        expected = date_format(timezone.localtime(at), STYLES["full"])
        assert format_local(at, STYLES["full"]) == expected


@pytest.mark.parametrize("text", ["", "a" * 24, "a" * 25, "e\u0301" * 12, "e\u0301" * 25, "<b> & \U0001f600"])
def test_text_is_shortened_as_django_does(text: str) -> None:
    assert shortened(text, 24) == truncatechars(text, 24)
