"""The addresses of signing in and of one's own account, under the names by which allauth finds them."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from tidegate.accounts.views import passkeys, passwords, profile, second_factor, sessions, sign_in, sign_up

urlpatterns = [
    path("sign-in", sign_in.SignInView.as_view(), name="account_login"),
    path("sign-out", sign_in.SignOutView.as_view(), name="account_logout"),
    path("sign-up", sign_up.SignUpView.as_view(), name="account_signup"),
    path("account/", profile.edit_profile, name="account_profile"),
    path("account/preferences", profile.choose_preferences, name="account_preferences"),
    path("account/email", RedirectView.as_view(pattern_name="account_profile"), name="account_email"),
    path("account/inactive", sign_in.InactiveView.as_view(), name="account_inactive"),
    path("account/verify-email", sign_up.VerifyEmailView.as_view(), name="account_email_verification_sent"),
    path("account/reauthenticate", sign_in.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("account/password", passwords.ChangePasswordView.as_view(), name="account_change_password"),
    path("account/password/set", passwords.SetPasswordView.as_view(), name="account_set_password"),
    path("account/password/reset", passwords.ResetPasswordView.as_view(), name="account_reset_password"),
    path(
        "account/password/reset/sent", passwords.ResetSentView.as_view(), name="account_reset_password_done"
    ),
    path(
        "account/password/reset/done",
        passwords.NewPasswordDoneView.as_view(),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^account/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)$",
        passwords.NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("account/sessions", sessions.list_sessions, name="usersessions_list"),
    path("account/sessions/end", sessions.end_every_session, name="account_end_every_session"),
    path("account/sessions/<int:session_id>/end", sessions.end_session, name="account_end_session"),
    path("account/second-step", second_factor.OverviewView.as_view(), name="mfa_index"),
    path("account/second-step/sign-in", second_factor.SecondStepView.as_view(), name="mfa_authenticate"),
    path(
        "account/second-step/reauthenticate",
        second_factor.CodeAgainView.as_view(),
        name="mfa_reauthenticate",
    ),
    path("account/authenticator-app/add", second_factor.AddAppView.as_view(), name="mfa_activate_totp"),
    path(
        "account/authenticator-app/remove", second_factor.RemoveAppView.as_view(), name="mfa_deactivate_totp"
    ),
    path("account/recovery-codes", second_factor.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path(
        "account/recovery-codes/new",
        second_factor.NewRecoveryCodesView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/recovery-codes/download",
        second_factor.DownloadRecoveryCodesView.as_view(),
        name="mfa_download_recovery_codes",
    ),
    path("account/passkeys", passkeys.ListPasskeysView.as_view(), name="mfa_list_webauthn"),
    path("account/passkeys/sign-in", passkeys.SignInPasskeyView.as_view(), name="mfa_login_webauthn"),
    path("account/passkeys/add", passkeys.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "account/passkeys/reauthenticate",
        passkeys.PasskeyAgainView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/passkeys/<int:pk>/name", passkeys.RenamePasskeyView.as_view(), name="mfa_edit_webauthn"),
    path(
        "account/passkeys/<int:pk>/remove", passkeys.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"
    ),
]
