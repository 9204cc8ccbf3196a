"""What an application gets that acts for a person: access token, and what else was asked for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tidegate.authorization.api_permissions import ApiPermission
from tidegate.directory.models import User
from tidegate.oauth.actions.refresh_tokens import Holding, give_refresh_token
from tidegate.oauth.answers import Issued
from tidegate.oauth.clients import Client
from tidegate.oauth.delegation import granted_now, permitted
from tidegate.oauth.errors import StsError
from tidegate.oauth.grants.asking import TokenRequest
from tidegate.oauth.id_tokens import SignedIn, make_client_info, make_id_token
from tidegate.oauth.scopes import DEFAULT, Asked
from tidegate.oauth.tokens import Issue, Version, make_access_token


@dataclass(frozen=True, slots=True)
class Delegation:
    """A person who lets an application act for them, and what it asks for this time."""

    client: Client
    user: User
    asked: Asked
    signed_in_at: datetime
    nonce: str = ""


def issue_for_person(request: TokenRequest, delegation: Delegation, holding: Holding | None) -> Issued:
    """Tokens for what is granted now; a refresh token where there is a `holding`.

    Raises StsError where nothing is granted any more of what is asked for.
    """
    client, user, asked = delegation.client, delegation.user, delegation.asked
    granted = granted_now(client.principal, user.id, asked)
    if not _is_anything_granted(asked, granted):
        raise StsError(65001, client=client.principal.client_id)
    values = permitted(granted, asked, user)
    shown = sorted(asked.openid - {"offline_access"})
    issue = Issue(
        request.origin,
        request.version,
        asked.audience,
        client.principal,
        user,
        [*values, *shown],
        client.proof,
    )
    signed_in = SignedIn(user, delegation.signed_in_at, delegation.nonce)
    # Version 1 has no scopes to ask with: its clients expect to be told who signed in.
    wants_id_token = request.version == Version.V1 or "openid" in asked.openid
    return Issued(
        audience=asked.audience,
        access_token=make_access_token(issue),
        scope=_say_scope(asked, values, request.version),
        refresh_token=give_refresh_token(holding) if holding else "",
        id_token=make_id_token(request.origin, request.version, client.principal, signed_in, asked.openid)
        if wants_id_token
        else "",
        client_info=make_client_info(user) if request.form.get("client_info") == "1" else "",
    )


def _is_anything_granted(asked: Asked, granted: Collection[ApiPermission]) -> bool:
    """Whether anything is granted of what is asked for; of OpenID Connect's own scopes nothing need be."""
    if not asked.wants_all and not asked.values:
        return True
    return any(asked.wants_all or each.value in asked.values for each in granted)


def _say_scope(asked: Asked, values: list[str], version: Version) -> str:
    """What was given, in the spelling in which it was asked for (RFC 6749, section 3.3)."""
    openid = sorted(asked.openid - {"offline_access"})
    if version == Version.V1:
        return " ".join([*values, *openid])
    last_words = {word.rpartition("/")[2].casefold(): word for word in asked.spelled}
    default = last_words.get(DEFAULT)
    prefix = default.removesuffix(DEFAULT) if default else ""
    named = [last_words.get(value.casefold(), f"{prefix}{value}") for value in values]
    return " ".join([*named, *([default] if default else []), *openid])
