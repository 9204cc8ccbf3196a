"""Icons: 16 px line drawings out of one sprite, in the current colour."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString

from tidegate.web.folding import unvarying
from tidegate.web.markup import format_html

register = template.Library()


@register.simple_tag
@unvarying
def icon(name: str, *, label: object = "", size: int = 16) -> SafeString:
    """The icon `name` of the sprite, `size` pixels square.

    Without a label it is decoration beside a word, hidden from assistive technology; with one it speaks.
    """
    if not label:
        return _decoration(name, size)
    html = '<svg class="icon" width="{0}" height="{0}" role="img" aria-label="{1}"><use href="{2}"/></svg>'
    return format_html(html, size, label, _address(name))


@cache
def _decoration(name: str, size: int) -> SafeString:
    html = '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="{1}"/></svg>'
    return format_html(html, size, _address(name))


def _address(name: str) -> str:
    return f"{static('tidegate/icons/sprite.svg')}#{name}"
