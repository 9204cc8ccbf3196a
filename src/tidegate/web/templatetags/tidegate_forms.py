"""Form fields: label, hint and error tied to the control; the summary of what is wrong."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.utils.safestring import SafeString

from tidegate.web.markup import format_html_join

register = template.Library()

_SELECTED: Final = SafeString(" selected")


@register.inclusion_tag("web/components/field.html")
def field(bound: BoundField, hint: str = "", *, autofocus: bool = False) -> dict[str, Any]:
    """One field of a form with its label, hint (the form's help_text unless given) and errors."""
    name = bound.id_for_label or bound.auto_id
    shown_hint = hint or bound.help_text
    described = [f"{name}-hint"] * bool(shown_hint) + [f"{name}-error"] * bool(bound.errors)
    return {
        "field": bound,
        "hint": shown_hint,
        "hint_id": f"{name}-hint",
        "error_id": f"{name}-error",
        "control": _draw_control(bound, described, autofocus=autofocus),
        "kind": _kind(bound),
    }


@register.simple_tag
def options(choices: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """The <option>s of these values and their words; the one chosen, in whatever case, is selected.

    A tuple is of our own words, the same for everybody: it is drawn once.
    """
    wanted = chosen.lower()
    return _draw_fixed(choices, wanted) if isinstance(choices, tuple) else _draw_options(choices, wanted)


@lru_cache(maxsize=512)
def _draw_fixed(choices: tuple[tuple[str, str], ...], wanted: str) -> SafeString:
    return _draw_options(choices, wanted)


def _draw_options(choices: Iterable[tuple[str, str]], wanted: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, _SELECTED if value.lower() == wanted else "", words) for value, words in choices),
    )


def _draw_control(bound: BoundField, described: list[str], *, autofocus: bool) -> SafeString:
    attributes: dict[str, Any] = {"class": "checkbox" if _kind(bound) == "check" else "input"}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if autofocus:
        attributes["autofocus"] = True
    return bound.as_widget(attrs=attributes)


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "group"
    return "check" if isinstance(widget, CheckboxInput) else "text"


@register.inclusion_tag("web/components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form, first thing on the page, each line a link to its field."""
    bound = [form[name] for name in form.fields if form.errors.get(name)]
    return {"fields": bound, "general": form.non_field_errors(), "shown": bool(form.errors)}
