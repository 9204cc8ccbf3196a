"""Addresses of programs, written as clients write them and read as if they had been written well."""

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponseBase

_API: Final = re.compile(r"/+(?:v1\.0|beta|api)(?:/|$)")
_KEY: Final = re.compile(r"(?<=/)([A-Za-z_][A-Za-z0-9_]*)\('([^'/]*)'\)(?=/|$)")
_SLASHES: Final = re.compile(r"//+")


def tidy_path(path: str) -> str:
    """The path with single slashes, none at its end, and keys as segments; other addresses stay.

    A base address with a slash at its end gives `/v1.0//security/alerts_v2` in Microsoft's own SDK; keys
    in parentheses are OData's first form (Version 4.01, Part 2, section 4.3.1), segments its second.
    """
    if not _API.match(path):
        return path
    return _KEY.sub(r"\1/\2", _SLASHES.sub("/", path)).rstrip("/")


class TidyPathMiddleware:
    """Before any address is looked up."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as if the tidy address had been asked for."""
        tidy = tidy_path(request.path_info)
        if tidy != request.path_info:
            request.path = request.path.removesuffix(request.path_info) + tidy
            request.path_info = tidy
        return self.respond(request)
