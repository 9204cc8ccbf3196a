"""The answer to "with which account?": this one, or another."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from tidegate.accounts.destination import is_local
from tidegate.accounts.lasting import sign_out
from tidegate.oauth.errors import StsError
from tidegate.oauth.views.pages import send_to_sign_in, show_errors
from tidegate.oauth.waiting import begin_waiting, choose_account, find_waiting


@require_POST
@show_errors
def choose(request: HttpRequest) -> HttpResponse:
    """Go on with the request that waits under `address`; as somebody else after signing out."""
    address = request.POST.get("address", "")
    waiting = find_waiting(request, address)
    if not is_local(address) or waiting is None:
        raise StsError(
            9002313, reason="nothing waits for this answer any more. Begin again at the application."
        )
    if request.POST.get("account") != "another":
        choose_account(request, address)
        return HttpResponseRedirect(address)
    if request.user.is_authenticated:
        sign_out(request)
    begin_waiting(request, address, waiting.source)
    return send_to_sign_in(address)
