"""What the live server holds: the cast, and an application with a secret and a certificate."""

from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.applications import Program, app_permissions, let_in, make_program, operator_of
from tests.cast import _make_cast
from tests.oauth.asking import give_secret, register
from tests.oauth.certificates import make_pem, make_private
from tests.oauth.live import CALLBACK, PASSWORD
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.applications import Redirect
from tidegate.directory.actions.credentials import add_certificate


def seed() -> dict[str, Any]:
    """Make it, and say what a client must know."""
    cast = _make_cast()
    program: Program = make_program(cast, cast.customer)
    register(program, Redirect(CALLBACK), allows_public_client=True)
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    account, user, private = cast.accounts["member"], cast.user("member"), make_private("live")
    account.set_password(PASSWORD)
    account.save()
    pem = make_pem(private)
    scope = operator_of(cast.customer, *Permission)
    add_certificate(scope, program.application.id, pem=pem)
    key = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {
        "tenant_id": str(cast.customer.id),
        "client_id": str(program.application.client_id),
        "client_secret": give_secret(program),
        "certificate": pem,
        "private_key": key.decode(),
        "email": account.email,
        "user_id": str(user.id),
        "user_principal_name": user.user_principal_name,
    }
