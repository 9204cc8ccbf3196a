"""Icons: 16 px line drawings out of one sprite, in the current colour."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, *, label: object = "", size: int = 16) -> SafeString:
    """The icon `name` of the sprite, `size` pixels square.

    Without a label it is decoration beside a word, hidden from assistive technology; with one it speaks.
    """
    address = f"{static('tidegate/icons/sprite.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" width="{0}" height="{0}" role="img" aria-label="{1}"><use href="{2}"/></svg>',
            size,
            label,
            address,
        )
    return format_html(
        '<svg class="icon" width="{0}" height="{0}" aria-hidden="true"><use href="{1}"/></svg>', size, address
    )
