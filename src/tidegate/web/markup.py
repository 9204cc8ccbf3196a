"""Pieces of HTML made in Python: Django's `format_html`, without its ado for texts that come later."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString


def write_text(value: object) -> str:
    """The value as it stands in HTML, as Django's `conditional_escape` has it: safe text as it is."""
    if isinstance(value, SafeString):
        return value
    return escape(str(value)) if not hasattr(value, "__html__") else str(value.__html__())


def format_html(html: str, *values: object, **named: object) -> SafeString:
    """The HTML with these values in their places, each escaped unless it is safe."""
    return SafeString(
        html.format(*map(write_text, values), **{name: write_text(value) for name, value in named.items()})
    )


def format_html_join(between: str, html: str, rows: Iterable[Iterable[Any]]) -> SafeString:
    """The same for each of these rows, one after the other."""
    return SafeString(write_text(between).join([html.format(*map(write_text, row)) for row in rows]))
