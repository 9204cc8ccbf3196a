"""The authorization server's addresses for people, at Entra's paths."""

from django.urls import URLPattern, path

from tidegate.oauth.tokens import Version
from tidegate.oauth.views import account_choice, admin_consent, authorize, device_page, sign_out

_V1, _V2 = {"version": Version.V1}, {"version": Version.V2}

urlpatterns: list[URLPattern] = [
    path("<str:tenant>/oauth2/v2.0/authorize", authorize.authorize, _V2),
    path("<str:tenant>/oauth2/authorize", authorize.authorize, _V1),
    path("<str:tenant>/oauth2/v2.0/consent", authorize.consent, _V2),
    path("<str:tenant>/oauth2/consent", authorize.consent, _V1),
    path("<str:tenant>/adminconsent", admin_consent.consent, _V1),
    path("<str:tenant>/v2.0/adminconsent", admin_consent.consent, _V2),
    path("<str:tenant>/oauth2/v2.0/logout", sign_out.end_session),
    path("<str:tenant>/oauth2/logout", sign_out.end_session),
    path("<str:tenant>/oauth2/deviceauth", device_page.enter_code),
    path("<str:tenant>/oauth2/v2.0/deviceauth", device_page.enter_code),
    path("devicelogin", device_page.enter_code, name="device_login"),
    path("oauth2/sign-out", sign_out.confirm, name="oauth_sign_out"),
    path("oauth2/account", account_choice.choose, name="oauth_account"),
]
