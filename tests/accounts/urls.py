"""The room's addresses with one page behind them that tells who is signed in."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from tidegate.accounts.views.limits import too_many_requests

handler429 = too_many_requests


def tell_who(request: HttpRequest) -> HttpResponse:
    """The signed-in person's address, or "nobody"."""
    return HttpResponse(str(request.user) if request.user.is_authenticated else "nobody")


urlpatterns = [path("", include("tidegate.accounts.urls")), re_path("^(?:incidents)?$", tell_who)]
