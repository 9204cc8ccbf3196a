"""Links to the style sheets and scripts. No build: the files are served as they are written."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.safestring import SafeString

from tidegate.web.folding import unvarying
from tidegate.web.markup import format_html

register = template.Library()

# The order matters only for the first, which names the layers.
STYLESHEETS = (
    "tokens",
    "base",
    "frame",
    "controls",
    "signs",
    "table",
    "cards",
    "forms",
    "overlays",
    "print",
)
# Linked only by the pages that need them.
PAGE_STYLESHEETS = (
    "plots",
    "lone",
    "queue",
    "directory",
    "access",
    "notifications",
    "hunting",
    "customers",
    "report",
)
MODULES = (
    "toast",
    "dialog",
    "copy",
    "keyboard",
    "selection",
    "switcher",
    "directories",
    "palette",
    "polling",
    "frame",
)


@register.simple_tag
@unvarying
def stylesheet(name: str) -> SafeString:
    """The <link> of one of `PAGE_STYLESHEETS`, for a page's own head."""
    return format_html('<link rel="stylesheet" href="{}">', static(f"tidegate/css/{name}.css"))


@register.simple_tag
@unvarying
def script(name: str) -> SafeString:
    """The <script> of a module that only some pages need."""
    return format_html('<script type="module" src="{}"></script>', static(f"tidegate/js/{name}.js"))


@register.simple_tag
@unvarying
@cache
def stylesheets() -> SafeString:
    """The <link>s of every style sheet, in the order of their layers."""
    return SafeString("\n".join(stylesheet(name) for name in STYLESHEETS))


@register.simple_tag
@unvarying
@cache
def scripts() -> SafeString:
    """The <script>s of our own modules; none of them blocks the page. They fetch htmx where it is needed."""
    return SafeString("\n".join(script(name) for name in MODULES))
