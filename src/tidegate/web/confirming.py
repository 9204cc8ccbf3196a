"""The question before anything that takes something away; its sentence names the tenant."""

from collections.abc import Callable, Sequence

from django.http import HttpResponse

from tidegate.web.visit import Visit
from tidegate.web.what_if import effects_context


def ask(
    visit: Visit,
    *,
    title: str,
    sentence: str,
    button: str,
    back_url: str,
    consequences: Sequence[str] = (),
    change: Callable[[], object] | None = None,
) -> HttpResponse:
    """A page whose only button posts to the address it was asked at.

    Given the change itself, the page also says for whom it opens or closes what.
    """
    context = {
        "title": title,
        "sentence": sentence,
        "button": button,
        "back_url": back_url,
        "consequences": consequences,
        **(effects_context(visit, change) if change else {}),
    }
    return visit.render("web/directory/confirm.html", context)
