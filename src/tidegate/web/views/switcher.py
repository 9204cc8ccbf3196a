"""The directory switcher's menu, fetched when it is opened: most pages are left without it."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tidegate.accounts.actors import actor_of
from tidegate.core.errors import InvalidInput
from tidegate.web.framing import all_directories_url
from tidegate.web.switcher import describe_menu, find_in_menu
from tidegate.web.visit import send_to_sign_in

LONGEST: Final = 200


@require_safe
def list_directories(request: HttpRequest) -> HttpResponse:
    """Where the person can go from `?tid=`, as a part of a page; `q` finds by name. Raises InvalidInput."""
    if not request.user.is_authenticated:
        return send_to_sign_in(request)
    asked = request.GET
    text, key, tid = asked.get("q", "").strip(), asked.get("of", ""), asked.get("tid", "")
    if len(text) > LONGEST or "\0" in text:
        raise InvalidInput(fields={"q": f"must be at most {LONGEST} characters"})
    actor = actor_of(request)
    menu = find_in_menu(actor, key, text) if text else describe_menu(actor, key, tid)
    context = {"menu": menu, "tid": tid, "text": text, "all_url": all_directories_url(actor, tid)}
    return render(request, "web/frame/switcher_menu.html", context)
