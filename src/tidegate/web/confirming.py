"""The question before anything that takes something away; its sentence names the tenant."""

from collections.abc import Sequence

from django.http import HttpResponse

from tidegate.web.visit import Visit


def ask(
    visit: Visit, *, title: str, sentence: str, button: str, back_url: str, consequences: Sequence[str] = ()
) -> HttpResponse:
    """A page whose only button posts to the address it was asked at."""
    context = {
        "title": title,
        "sentence": sentence,
        "button": button,
        "back_url": back_url,
        "consequences": consequences,
    }
    return visit.render("web/directory/confirm.html", context)
