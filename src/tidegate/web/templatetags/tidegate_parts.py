"""Small parts: tiles, dots, people, keys, counts, mini-bars, copying and identifiers."""

from typing import Any

from django import template
from django.utils import formats
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tidegate.web.folding import unvarying
from tidegate.web.frame import Person, TenantBadge, tenant_badge
from tidegate.web.markup import format_html, format_html_join
from tidegate.web.plots.drawing import GAP, draw_bar
from tidegate.web.plots.model import SeverityCounts
from tidegate.web.templatetags.tidegate_icons import icon
from tidegate.web.templatetags.tidegate_times import absent

register = template.Library()

MINI_BAR_WIDTH = 104
# A count of one stays visible however long the scale is.
MINI_BAR_LEAST = 3.0


@register.simple_tag
def tile(tenant: TenantBadge, size: str = "") -> SafeString:
    """The tenant's colour with its two letters; decoration, so its name must stand beside it.

    `size` is "" (20 px) or "large" (36 px).
    """
    css = f"tile tile-{size}" if size else "tile"
    return format_html(
        '<span class="{}" data-hue="{}" aria-hidden="true">{}</span>', css, tenant.hue, tenant.initials
    )


@register.simple_tag
def tenant_tile(tenant_id: object, name: str, size: str = "") -> SafeString:
    """The tile of a tenant for which there is no badge."""
    return tile(tenant_badge(tenant_id, name), size)


@register.simple_tag
def dot(hue: int) -> SafeString:
    """A dot in a tenant's colour; decoration beside its name."""
    return format_html('<span class="dot" data-hue="{}" aria-hidden="true"></span>', hue)


@register.simple_tag
def tenant_name(tenant: TenantBadge) -> SafeString:
    """Dot and name, as in a Tenant column."""
    return format_html('<span class="tenant-name">{}{}</span>', dot(tenant.hue), tenant.display_name)


@register.simple_tag
def person_name(who: Person | None) -> SafeString:
    """Avatar and name; None is "Unassigned"."""
    if who is None:
        return format_html('<span class="dim">{}</span>', _("Unassigned"))
    return format_html(
        '<span class="person"><span class="avatar" aria-hidden="true">{}</span>{}</span>',
        who.initials,
        who.display_name or who.email,
    )


@register.simple_tag
@unvarying
def keys(*names: str) -> SafeString:
    """Keys as they are pressed: {% keys "g" "d" %}. A hint for the eyes; hidden from what is read aloud."""
    return format_html_join("", '<kbd aria-hidden="true">{}</kbd>', ((name,) for name in names))


@register.simple_tag
def count(value: int | None) -> SafeString:
    """A number for a table: grouped by locale; zero is a dim en dash that is still read as zero."""
    if not value:
        return absent("0" if value == 0 else _("not known"))
    return SafeString(formats.number_format(value, use_l10n=True, force_grouping=True))


@register.simple_tag
def mini_bar(counts: SeverityCounts, scale: int) -> SafeString:
    """The stacked 8 px bar of a row; `scale` is the largest total of all rows, so that rows compare.

    It repeats numbers that stand beside it, so it is hidden from assistive technology.
    """
    bars, left = [], 0.0
    for fill, value in counts.parts():
        if value > 0:
            width = max(MINI_BAR_LEAST, value / max(scale, 1) * (MINI_BAR_WIDTH - 4 * GAP))
            bars.append(draw_bar(fill, left, 0, width, 8))
            left += width + GAP
    return format_html(
        '<svg class="mini-bar" width="{0}" height="8" viewBox="0 0 {0} 8" aria-hidden="true">{1}</svg>',
        MINI_BAR_WIDTH,
        SafeString("".join(bars)),
    )


@register.simple_tag
def copy_button(value: object, what: object, key: str = "") -> SafeString:
    """An icon that copies `value`; `what` names it with its tenant: "Directory ID of Orvane Shipping"."""
    label = _("Copy %(what)s") % {"what": what}
    extra = format_html(' data-key="{}"', key) if key else ""
    return format_html(
        '<button type="button" class="icon-button" data-copy="{}" data-copied="{}"'
        ' aria-label="{}" title="{}"{}>{}</button>',
        value,
        _("%(what)s copied") % {"what": what},
        label,
        label,
        extra,
        icon("copy"),
    )


@register.inclusion_tag("web/components/id_field.html")
def id_field(value: object, what: object, tenant: str = "", labelled_by: str = "") -> dict[str, Any]:
    """Monospaced text with a Copy button. `what` is its name ("Directory ID"), `tenant` ends the toast."""
    return {"value": value, "what": what, "tenant": tenant, "labelled_by": labelled_by}
