"""One library with every tag and filter of the portal, so that a template loads one name."""

from django import template

from tidegate.web.templatetags import (
    tidegate_assets,
    tidegate_forms,
    tidegate_frame,
    tidegate_icons,
    tidegate_parts,
    tidegate_signs,
    tidegate_text,
    tidegate_times,
)

register = template.Library()
for _part in (
    tidegate_assets,
    tidegate_forms,
    tidegate_frame,
    tidegate_icons,
    tidegate_parts,
    tidegate_signs,
    tidegate_text,
    tidegate_times,
):
    register.tags.update(_part.register.tags)
    register.filters.update(_part.register.filters)
