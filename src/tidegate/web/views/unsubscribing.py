"""The link by which a mail's reader wants no more of its rule. Nobody signs in for it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tidegate.notifications.actions.deliveries import unsubscribe
from tidegate.notifications.unsubscribing import read_wish


@csrf_exempt  # A mail program posts here without a page of ours (RFC 8058, section 3.1); the link is proof.
@require_http_methods(["GET", "HEAD", "POST"])
def ask_or_leave(request: HttpRequest, token: str) -> HttpResponse:
    """On GET, which programs that scan mails do too, ask; on POST do it."""
    is_done = request.method == "POST"
    wish = unsubscribe(token) if is_done else read_wish(token)
    response = render(request, "web/notifications/unsubscribe.html", {"wish": wish, "is_done": is_done})
    # The address is a secret of its reader: it goes nowhere as a referrer.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
