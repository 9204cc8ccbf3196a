"""Our words for what allauth has to say, by allauth's own names for it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Words = dict[str, Promise | str]

MISMATCH = _("This email address and password do not belong together.")
LOCKED = _("Too many attempts. Wait five minutes, then try again.")
CODE = _("This code is not right, or was used already.")

ACCOUNT_ERRORS: Words = {
    "account_inactive": _("This account is switched off."),
    "email_password_mismatch": MISMATCH,
    "enter_current_password": _("This is not your current password."),
    "incorrect_code": CODE,
    "incorrect_password": _("This is not your password."),
    "invalid_login": MISMATCH,
    "invalid_password_reset": _("This link was used already or has expired."),
    "email_taken": _("This email address cannot be used."),
    "too_many_login_attempts": LOCKED,
    "rate_limited": _("That was too quick. Wait a minute, then try again."),
}

SECOND_FACTOR_ERRORS: Words = {
    "incorrect_code": CODE,
    "unverified_email": _("Verify your email address first: sign out, sign in, and type the code we send."),
}

# The ways to show once more who one is.
METHODS: Words = {
    "reauthenticate": _("Use your password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}

# What is said after something was done; what is not named here is not said.
MESSAGES: Words = {
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/password_changed.txt": _("Your password is changed. Other sessions have ended."),
    "account/messages/password_set.txt": _("Your password is set."),
    "account/messages/email_confirmed.txt": _("Your email address is verified."),
    "mfa/messages/totp_activated.txt": _("Your authenticator app is added."),
    "mfa/messages/totp_deactivated.txt": _("Your authenticator app is removed."),
    "mfa/messages/recovery_codes_generated.txt": _("You have new recovery codes. Keep them somewhere safe."),
    "mfa/messages/webauthn_added.txt": _("Your passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("Your passkey is removed."),
}
