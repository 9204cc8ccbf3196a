"""The keys that every page knows, in one list: the dialog shows it, and the script reads it there.

Keys of one page stand on what they press (`data-key`); the dialog lists them by their own words.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Key:
    """A key or some, and what they do. `goes_to` is the entry of the navigation behind `g` and a letter."""

    keys: tuple[str, ...]
    words: Promise
    goes_to: str = ""


MOVING: Final = (
    Key(("j", "k"), _("Next row, previous row")),
    Key(("Enter",), _("Open the row")),
    Key(("x",), _("Select the row")),
    Key(("Esc",), _("Clear the selection")),
    Key(("/",), _("Search")),
    Key(("?",), _("All keys")),
)
GOING: Final = (
    Key(("g", "d"), _("Switch directory"), "switcher"),
    Key(("g", "o"), _("Overview"), "overview"),
    Key(("g", "i"), _("Incidents"), "incidents"),
    Key(("g", "a"), _("Alerts"), "alerts"),
    Key(("g", "e"), _("Devices"), "devices"),
    Key(("g", "h"), _("Hunting"), "hunting"),
    Key(("g", "r"), _("Report"), "report"),
    Key(("g", "c"), _("Customers"), "customers"),
    Key(("g", "m"), _("My access"), "my_access"),
    Key(("g", "p"), _("Approvals"), "approvals"),
)
ALWAYS: Final = (Key(("Ctrl", "K"), _("Jump to")),)
"""Works with the keys of one letter off, and while something is typed."""
