"""What an application asks for, in words; for the pages on which people agree to it."""

from django import template

from tidegate.web.api_words import say_permission

register = template.Library()


@register.filter
def permission_words(value: str) -> str:
    """What a permission of this name lets an application do."""
    return say_permission(value)
