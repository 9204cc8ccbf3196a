"""A field for a time zone: typed in, and found among those that there are."""

from functools import cache
from typing import Any, Final

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tidegate.core.zones import known_zones

_NOT_FOR_PEOPLE: Final = ("Etc/", "SystemV/", "posix/", "right/")


class ZoneInput(forms.TextInput):
    """A text that is completed from the names of the zones, also without JavaScript."""

    def __init__(self) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", "maxlength": "64"})

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The input, and what completes it."""
        own = attrs or {}
        list_id = f"{own.get('id', name)}-zones"
        control = super().render(name, value, {**own, "list": list_id}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', control, list_id, _options())


def zone_names() -> list[str]:
    """The zones that are offered, by name: those of places, and UTC."""
    return sorted(
        name
        for name in known_zones()
        if name == "UTC" or ("/" in name and not name.startswith(_NOT_FOR_PEOPLE))
    )


@cache
def _options() -> SafeString:
    return format_html_join("", '<option value="{}">', ((name,) for name in zone_names()))
