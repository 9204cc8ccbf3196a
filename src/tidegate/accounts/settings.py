"""allauth's settings, kept where allauth is known."""

from datetime import timedelta

# How long an account stays shut after too many wrong passwords or codes, and how many those are.
SIGN_IN_LOCK_OUT = timedelta(minutes=5)
SIGN_IN_GUESSES = 5

ACCOUNT_ADAPTER = "tidegate.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]

# A code typed where the sign-up began keeps the address that the person was on the way to; and only
# where an address must be verified can a sign-up answer alike for addresses with and without account.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in"
ACCOUNT_RATE_LIMITS = {
    # A whole shift signs in from behind one address; guessing is held back by the next line.
    "login": "100/m/ip",
    "login_failed": f"20/m/ip,{SIGN_IN_GUESSES}/{SIGN_IN_LOCK_OUT.seconds}s/key",
    # Mails with a code, to one address.
    "confirm_email": "3/m/key",
}

MFA_ADAPTER = "tidegate.accounts.second_factor_adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Tidegate"
# One step of 30 seconds for slow clocks and slow typing, as RFC 6238 section 5.2 advises at most.
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
