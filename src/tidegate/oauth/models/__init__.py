"""The authorization server's tables."""

from tidegate.oauth.models.assertion import UsedAssertion
from tidegate.oauth.models.code import AuthorizationCode
from tidegate.oauth.models.device_code import DeviceCode
from tidegate.oauth.models.key import SigningKey
from tidegate.oauth.models.refresh_token import RefreshToken
from tidegate.oauth.models.sign_in import SignIn

__all__ = [
    "AuthorizationCode",
    "DeviceCode",
    "RefreshToken",
    "SignIn",
    "SigningKey",
    "UsedAssertion",
]
