"""What a client asks for: `scope` of v2.0 and `resource` of v1, in every spelling that clients use.

`https://graph.microsoft.com/.default`, `User.Read`, `openid`, the portal's own address with or without its
port; one API a token (Microsoft, "Scopes and permissions in the Microsoft identity platform").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Self
from urllib.parse import urlsplit

from django.conf import settings

from tidegate.authorization.api_permissions import (
    OPENID_SCOPES,
    GrantKind,
    Resource,
    find_api_permission,
    find_resource,
)
from tidegate.oauth.errors import StsError
from tidegate.oauth.form import Form
from tidegate.oauth.tokens import Audience, Version

DEFAULT: Final = ".default"
GRAPH: Final = Audience("https://graph.microsoft.com", Resource.GRAPH)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request asks for: scopes of OpenID Connect, and of one API some values or all it may have.

    `spelled` are the API's scopes as the client wrote them, for the answer to say them the same way.
    """

    audience: Audience
    openid: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    wants_all: bool = False
    spelled: tuple[str, ...] = ()

    @property
    def offline(self) -> bool:
        """Whether a refresh token is asked for."""
        return "offline_access" in self.openid

    def dump(self) -> dict[str, Any]:
        """As JSON, for a row."""
        return {
            "named": self.audience.named,
            "resource": self.audience.resource,
            "openid": sorted(self.openid),
            "values": sorted(self.values),
            "all": self.wants_all,
            "spelled": list(self.spelled),
        }

    @classmethod
    def load(cls, row: dict[str, Any]) -> Self:
        """From a row."""
        resource = Resource(row["resource"]) if row["resource"] else None
        return cls(
            Audience(row["named"], resource),
            frozenset(row["openid"]),
            frozenset(row["values"]),
            row["all"],
            tuple(row["spelled"]),
        )


def read_asked(form: Form, version: Version, origin: str) -> Asked:
    """What a request on behalf of a person asks for. Raises StsError."""
    _refuse_resource(form, version)
    words = form.get("scope", "").split()
    if version == Version.V2:
        return _read_words(words, origin)
    # Version 1 ignores scopes of APIs (Microsoft, "Authorize access using the OAuth 2.0 code grant flow").
    openid = frozenset(word.casefold() for word in words) & OPENID_SCOPES
    named = form.get("resource", "")
    audience = find_audience(named, origin) if named else GRAPH
    if audience is None:
        raise StsError(500011, resource=named, tenant="")
    return Asked(audience, openid | {"offline_access"}, wants_all=True)


def read_audience(form: Form, version: Version, origin: str, tenant: object) -> Audience:
    """The API that an application asks a token of its own for. Raises StsError."""
    _refuse_resource(form, version)
    if version == Version.V1 and (named := form.get("resource", "")):
        return _get_audience(named, origin, tenant)
    words = [word for word in form.require("scope").split() if word.casefold() not in OPENID_SCOPES]
    prefixes = {word.removesuffix(DEFAULT).removesuffix("/") for word in words if word.endswith(DEFAULT)}
    if not words or not all(word.endswith(f"/{DEFAULT}") for word in words):
        raise StsError(70011, scope=form["scope"])
    if len(prefixes) > 1:
        raise StsError(700022, scope=form["scope"])
    return _get_audience(prefixes.pop(), origin, tenant)


def find_audience(named: str, origin: str) -> Audience | None:
    """The API that a name or address means; our own address, with or without its port, means all of them."""
    resource = find_resource(named)
    if resource is not None:
        return Audience(named, resource)
    return Audience(named, None) if _is_own(named, origin) else None


def narrow(asked: Asked, form: Form, version: Version, origin: str) -> Asked:
    """What a later request asks for, out of what was asked before: the same where it says nothing.

    Raises StsError for more scopes of OpenID Connect than before. What the API grants is looked up anew.
    """
    names_api = form.get("resource") if version == Version.V1 else form.get("scope")
    if not names_api:
        _refuse_resource(form, version)
        return asked
    wanted = read_asked(form, version, origin)
    openid = wanted.openid & asked.openid if version == Version.V2 else asked.openid
    has_api = wanted.wants_all or wanted.values
    found = wanted if has_api else asked
    return Asked(
        found.audience,
        openid | (asked.openid & {"offline_access"}),
        found.values,
        found.wants_all,
        found.spelled,
    )


def _refuse_resource(form: Form, version: Version) -> None:
    if version == Version.V2 and "resource" in form:
        raise StsError(901002)


def _get_audience(named: str, origin: str, tenant: object) -> Audience:
    audience = find_audience(named, origin)
    if audience is None:
        raise StsError(500011, resource=named, tenant=tenant)
    return audience


def _read_words(words: Iterable[str], origin: str) -> Asked:
    openid, values, spelled = set(), set(), []
    audience: Audience | None = None
    for word in words:
        if word.casefold() in OPENID_SCOPES:
            openid.add(word.casefold())
            continue
        named, _, value = word.rpartition("/")
        found = _get_audience(named, origin, "") if named else GRAPH
        if audience is not None and (audience.resource, audience.resources) != (
            found.resource,
            found.resources,
        ):
            raise StsError(700022, scope=" ".join(words))
        audience = found
        values.add(_read_value(found, value, word))
        spelled.append(word)
    wants_all = DEFAULT in values
    return Asked(
        audience or GRAPH, frozenset(openid), frozenset(values - {DEFAULT}), wants_all, tuple(spelled)
    )


def _read_value(audience: Audience, value: str, word: str) -> str:
    """A scope's name as the API writes it. Raises StsError for one that it does not have."""
    if value.casefold() == DEFAULT:
        return DEFAULT
    for resource in audience.resources:
        permission = find_api_permission(resource, GrantKind.DELEGATED, value)
        if permission:
            return permission.value
    raise StsError(70011, scope=word)


def _is_own(named: str, origin: str) -> bool:
    """Whether this is the portal's address: the host that was asked or the one people know, and no path."""
    try:
        parts = urlsplit(named)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or parts.path.strip("/") or parts.query or parts.fragment:
        return False
    own = [urlsplit(address) for address in (origin, settings.BASE_URL)]
    return any(host == each.hostname and port in {None, each.port} for each in own)
