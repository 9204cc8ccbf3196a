"""Links to the style sheets and scripts. No build: the files are served as they are written."""

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

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
    "plots",
    "lone",
    "print",
)
MODULES = (
    "toast",
    "dialog",
    "copy",
    "keyboard",
    "selection",
    "switcher",
    "palette",
    "upload",
    "polling",
    "frame",
)


@register.simple_tag
def stylesheets() -> SafeString:
    """The <link>s of every style sheet, in the order of their layers."""
    return format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((static(f"tidegate/css/{name}.css"),) for name in STYLESHEETS),
    )


@register.simple_tag
def scripts() -> SafeString:
    """The <script>s of htmx and of our own modules; none of them blocks the page."""
    vendor = format_html('<script defer src="{}"></script>\n', static("tidegate/js/vendor/htmx.min.js"))
    return vendor + format_html_join(
        "\n",
        '<script type="module" src="{}"></script>',
        ((static(f"tidegate/js/{name}.js"),) for name in MODULES),
    )
