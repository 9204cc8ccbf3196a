"""Addresses of pages. Each carries the tenant it is about: there is no "current tenant" anywhere else."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def tenant_link(name: str, tid: str, *args: object, **params: str) -> str:
    """The address of a page in a tenant, with `tid` first among its parameters."""
    query = urlencode({"tid": tid, **{key: value for key, value in params.items() if value}})
    return f"{reverse(name, args=args)}?{query}"


def sign_in_link(next_address: str) -> str:
    """Where somebody signs in who is to come back to `next_address`."""
    return f"/sign-in?{urlencode({'next': next_address})}"


def way_back(request: HttpRequest, fallback: str) -> str:
    """Where a form says it came from, if that is a page of ours; else `fallback`."""
    back = request.POST.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else fallback


def package_path(place: str, package_id: object) -> str:
    """Where a package is asked for; `place` is a tenant's verified domain or its id."""
    return reverse("my_access_package", args=[place, package_id])


def durable_link(domain: str, package_id: object) -> str:
    """The address of a package that is handed on, in the spelling of Microsoft's My Access."""
    return f"{settings.BASE_URL}/myaccess/@{domain}#/access-packages/{package_id}"
