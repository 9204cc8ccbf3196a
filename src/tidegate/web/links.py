"""Addresses of pages. Each carries the tenant it is about: there is no "current tenant" anywhere else."""

import re
from functools import cache
from typing import Final
from urllib.parse import quote_plus, urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.http import url_has_allowed_host_and_scheme

# What no address writes in any other way: among it ids, words and cursors.
_PLAIN: Final = re.compile(r"[\w.~-]*", re.ASCII)


def tenant_link(name: str, tid: str, *args: object, **params: str) -> str:
    """The address of a page in a tenant, with `tid` first among its parameters."""
    path = reverse(name, args=args) if args else _find_path(name, get_script_prefix())
    # The names of parameters are our own words, which need no quoting.
    more = [f"&{key}={_quote(str(value))}" for key, value in params.items() if value]
    return f"{path}?tid={_quote(tid)}{''.join(more)}"


def _quote(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else quote_plus(value)


@cache
def _find_path(name: str, _prefix: str) -> str:
    """The path of a page that is about nothing within the tenant: the same for everybody."""
    return reverse(name)


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
