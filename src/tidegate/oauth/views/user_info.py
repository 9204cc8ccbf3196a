"""UserInfo (OpenID Connect Core 1.0, section 5.3): who the person is for whom a token acts."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from tidegate.directory.applications import find_principal
from tidegate.oauth.answers import answer_json
from tidegate.oauth.bearer import read_token
from tidegate.oauth.errors import StsError, TokenRefused
from tidegate.oauth.people import find_person
from tidegate.oauth.places import find_place
from tidegate.oauth.tokens import ReadToken, subject_of


@csrf_exempt
def tell(request: HttpRequest) -> HttpResponse:
    """Claims about the token's person, as far as its scopes ask for them."""
    try:
        return answer_json(_describe(read_token(request)))
    except TokenRefused as error:
        return _refuse(error)


@csrf_exempt
def tell_in_tenant(request: HttpRequest, tenant: str) -> HttpResponse:
    """The same under a tenant's address, for tokens of that tenant."""
    try:
        token = read_token(request)
        if find_place(tenant).tenant_id not in {None, token.claim.tenant_id}:
            raise TokenRefused("The token is of another tenant.")
        return answer_json(_describe(token))
    except (TokenRefused, StsError) as error:
        return _refuse(error)


def _describe(token: ReadToken) -> dict[str, str]:
    claim = token.claim
    principal = find_principal(claim.tenant_id, claim.client_id)
    person = find_person(claim.tenant_id, claim.object_id) if claim.object_id else None
    if principal is None or person is None or "openid" not in claim.values:
        raise TokenRefused("The token is for no person, or opens nothing here any more.")
    about = {"sub": subject_of(person, principal)}
    if "profile" in claim.values:
        about["name"] = person.display_name
    if "email" in claim.values:
        about["email"] = person.mail
    return about


def _refuse(error: TokenRefused | StsError) -> HttpResponse:
    """RFC 6750, section 3.1."""
    response = answer_json({"error": "invalid_token", "error_description": error.message}, 401)
    words = error.message.replace('"', "'").encode("ascii", "replace").decode()
    response.headers["WWW-Authenticate"] = f'Bearer error="invalid_token", error_description="{words}"'
    return response
