# mypy: allow-subclassing-any
"""Where allauth asks how this portal does second factors and passkeys."""

from typing import ClassVar

import qrcode  # type: ignore[import-untyped]
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from tidegate.accounts.models import Account
from tidegate.accounts.sealing import seal, unseal
from tidegate.accounts.words import SECOND_FACTOR_ERRORS, Words


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's hooks, each named as allauth names it."""

    error_messages: ClassVar[Words] = {**DefaultMFAAdapter.error_messages, **SECOND_FACTOR_ERRORS}

    def encrypt(self, text: str) -> str:
        """Seal a secret before it is stored."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a stored secret."""
        return unseal(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """The square on its own white ground, so that it can be scanned from a dark page."""
        return str(qrcode.make(url, image_factory=SvgPathFillImage).to_string(encoding="unicode"))

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:  # noqa: A002  allauth's signature
        """A name for a key that was given none."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What a device shows as the place that a passkey is for."""
        return {**super().get_public_key_credential_rp_entity(), "name": "Tidegate"}

    def get_public_key_credential_user_entity(self, user: Account) -> dict[str, object]:
        """What a device shows as the person that a passkey is for."""
        entity = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.get_full_name()}
