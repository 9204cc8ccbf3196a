"""What programs send to the authorization server, read as leniently as they need and no more.

Shipping clients post without a Content-Type, send a form as the body of a GET, put blanks before a
parameter's name and do not encode their secret; each of that is served.
"""

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote_plus

from django.http import HttpRequest

from tidegate.oauth.errors import StsError

LONGEST: Final = 65_536
PARAMETERS_AT_MOST: Final = 60


class Form(Mapping[str, str]):
    """The parameters of one request. One that is sent empty counts as not sent (RFC 6749, section 3.2)."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def require(self, name: str) -> str:
        """The parameter. Raises StsError where it is missing."""
        value = self._values.get(name, "")
        if not value:
            raise StsError(900144, name=name)
        return value


def read_form(request: HttpRequest) -> Form:
    """The form in a request's body. Raises StsError."""
    body = _read_body(request)
    if request.method not in {"POST", "GET"} or (request.method == "GET" and not body):
        raise StsError(900561, method=request.method)
    return parse_form(body)


def parse_form(text: str) -> Form:
    """Parameters from `application/x-www-form-urlencoded` text. Raises StsError.

    None may be there twice (RFC 6749, section 3.2): whoever checks and whoever uses must see the same one.
    """
    if text.count("&") >= PARAMETERS_AT_MOST:
        raise StsError(9002313, reason="there are too many parameters.")
    values: dict[str, str] = {}
    for pair in text.split("&"):
        spelled, _, value = pair.partition("=")
        if not value:
            continue
        name = _decode(spelled).strip()
        if name in values:
            raise StsError(9000411, name=name)
        values[name] = _decode(value).strip()
    return Form(values)


def _decode(text: str) -> str:
    # Most of what programs send is written as it is meant.
    return unquote_plus(text) if "%" in text or "+" in text else text


def _read_body(request: HttpRequest) -> str:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > LONGEST:
        raise StsError(90015)
    body = request.body
    if len(body) > LONGEST:
        raise StsError(90015)
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise StsError(9002313, reason="the body is not UTF-8.") from None
