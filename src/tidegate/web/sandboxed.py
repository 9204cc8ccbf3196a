"""HTML that others wrote, shown at an address of its own in a sandbox that runs nothing and sends nothing.

Mails style themselves in their attributes, which the portal's own policy forbids. So the document gets a
policy of its own, with `sandbox`: it holds in the frame and when the address is opened by itself.
"""

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.utils.csp import CSP, build_policy

_DOCUMENT: Final[Mapping[str, list[str]]] = {
    # A link opens in a window of its own, outside of the sandbox; nothing else gets out.
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "img-src": ["data:"],
    "form-action": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.SELF],
}
_NEW_WINDOW: Final = '<base target="_blank">'


def show_sandboxed(html: str) -> HttpResponse:
    """The document, which may stand in a frame of the portal's own pages."""
    response = HttpResponse(html.replace("<head>", f"<head>{_NEW_WINDOW}", 1))
    response.headers[str(CSP.HEADER_ENFORCE)] = build_policy(_DOCUMENT)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def let_frame(response: HttpResponse) -> HttpResponse:
    """The same page, which may show such documents in frames."""
    own: Mapping[str, list[str]] = settings.SECURE_CSP  # type: ignore[assignment]  # known as objects only
    policy: dict[str, list[str]] = {**own, "frame-src": [CSP.SELF]}
    response.headers[str(CSP.HEADER_ENFORCE)] = build_policy(policy)
    return response
