"""Filters for text and words that came from outside."""

from unicodedata import is_normalized

from django import template
from django.template.defaultfilters import truncatechars
from django.utils.safestring import SafeString

from tidegate.web.categories import category_label
from tidegate.web.inert import show_inert
from tidegate.web.markup import format_html
from tidegate.web.products import product_label
from tidegate.web.templatetags.tidegate_times import absent

register = template.Library()


@register.filter
def inert(text: object) -> SafeString:
    """Text from outside: escaped, direction signs written out, and its own direction kept to itself."""
    return format_html("<bdi>{}</bdi>", show_inert(text))


@register.filter
def plain(text: object) -> str:
    """The same for attributes and titles, where no element can stand."""
    return show_inert(text)


@register.filter
def shortened(text: str, most: int) -> str:
    """A text of so many signs at most: Django's `truncatechars`, which counts those of short ones too."""
    is_short = len(text) <= most and is_normalized("NFC", text)
    return text if is_short else truncatechars(text, most)


@register.filter
def or_dash(text: object) -> SafeString | str:
    """The text made inert, or a dim dash for nothing."""
    return absent() if text is None or text == "" else inert(text)


@register.filter
def category(word: str) -> str:
    """A category in the reader's language."""
    return show_inert(category_label(word))


@register.filter
def product(word: str) -> str:
    """A service or detection source in words."""
    return show_inert(product_label(word))


@register.filter
def short_product(word: str) -> str:
    """The same for narrow columns: whose Defender it is goes without saying."""
    return product(word).replace("Microsoft Defender", "Defender", 1)
