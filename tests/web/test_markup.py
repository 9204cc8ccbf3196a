"""HTML made in Python is Django's."""

from typing import Any

import pytest
from django.utils import html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from tidegate.web.markup import format_html, format_html_join


class Drawn:
    def __html__(self) -> str:
        return "<i>&</i>"


VALUES: Any = [
    "<a href=\"x\" title='y'>&amp;",
    mark_safe("<b>"),
    gettext_lazy("Incidents"),
    41,
    None,
    Drawn(),
]


@pytest.mark.parametrize("value", VALUES)
def test_value_is_escaped_as_django_does(value: Any) -> None:
    made = format_html('<p class="{name}">{}</p>', value, name=value)

    assert made == html.format_html('<p class="{name}">{}</p>', value, name=value)
    assert isinstance(made, SafeString)


def test_rows_are_joined_as_django_does() -> None:
    rows = [(value, "<") for value in VALUES]

    made = format_html_join("<&>", "<p>{}{}</p>", rows)

    assert made == html.format_html_join("<&>", "<p>{}{}</p>", rows)
