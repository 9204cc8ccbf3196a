"""The device code (RFC 8628, section 3.4): a device asks whether its person has decided."""

from tidegate.core import clock
from tidegate.core.ids import uuid7
from tidegate.oauth.actions.device_codes import find_by_device_code, note_asked, use_device_code
from tidegate.oauth.actions.refresh_tokens import Holding
from tidegate.oauth.answers import Issued
from tidegate.oauth.clients import Client
from tidegate.oauth.errors import StsError
from tidegate.oauth.grants.asking import TokenRequest
from tidegate.oauth.issuing import Delegation, issue_for_person
from tidegate.oauth.models import DeviceCode
from tidegate.oauth.people import get_person
from tidegate.oauth.scopes import Asked


def redeem(request: TokenRequest) -> Issued:
    """Tokens once the person said yes. Raises StsError, also while nobody has said anything."""
    # Version 1 of Microsoft's libraries sends it under the name of the other grant.
    text = request.form.get("device_code") or request.form.get("code")
    code = find_by_device_code(text or request.form.require("device_code"))
    if code is None or str(code.client_id) != request.presented.client_id.casefold():
        raise StsError(70018)
    _check_waiting(code)
    if code.tenant_id is None or code.user_id is None or code.signed_in_at is None:
        raise StsError(70018)
    request.check_tenant(code.tenant_id)
    client = request.identify(code.tenant_id)
    if client.is_public and not client.principal.allows_public_client:
        raise StsError(7000218)
    user = request.about.user = get_person(code.tenant_id, code.user_id, code.session_hash)
    if not use_device_code(code):
        raise StsError(70000, reason="the device code was redeemed already.")
    asked = Asked.load(code.asked)
    request.about.resource = asked.audience.resource or ""
    delegation = Delegation(client, user, asked, code.signed_in_at)
    return issue_for_person(request, delegation, _hold(code, client, asked))


def _check_waiting(code: DeviceCode) -> None:
    if code.ends_at <= clock.now():
        raise StsError(70019)
    if code.is_declined:
        raise StsError(65004, error="authorization_declined")
    if code.decided_at is None:
        raise StsError(70016, error="authorization_pending" if note_asked(code) else "slow_down")


def _hold(code: DeviceCode, client: Client, asked: Asked) -> Holding | None:
    if not asked.offline or not (code.tenant_id and code.user_id and code.signed_in_at):
        return None
    return Holding(
        tenant_id=code.tenant_id,
        family_id=uuid7(),
        client_id=code.client_id,
        user_id=code.user_id,
        asked=asked,
        is_public=client.is_public,
        session_hash=code.session_hash,
        signed_in_at=code.signed_in_at,
    )
