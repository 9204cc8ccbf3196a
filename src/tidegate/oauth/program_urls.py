"""The authorization server's addresses for programs, at Entra's paths."""

from django.urls import URLPattern, path

from tidegate.oauth.tokens import Version
from tidegate.oauth.views import device_code, discovery, token, user_info

urlpatterns: list[URLPattern] = [
    path("<str:tenant>/oauth2/v2.0/token", token.issue, {"version": Version.V2}),
    path("<str:tenant>/oauth2/token", token.issue, {"version": Version.V1}),
    path("<str:tenant>/oauth2/v2.0/devicecode", device_code.give, {"version": Version.V2}),
    path("<str:tenant>/oauth2/devicecode", device_code.give, {"version": Version.V1}),
    path("oidc/userinfo", user_info.tell),
    path("<str:tenant>/oidc/userinfo", user_info.tell_in_tenant),
    path("<str:tenant>/openid/userinfo", user_info.tell_in_tenant),
    path("<str:tenant>/discovery/v2.0/keys", discovery.list_keys),
    path("<str:tenant>/discovery/keys", discovery.list_keys),
    path(
        "<str:tenant>/v2.0/.well-known/openid-configuration",
        discovery.describe,
        {"version": Version.V2},
    ),
    path("<str:tenant>/.well-known/openid-configuration", discovery.describe, {"version": Version.V1}),
    path("common/discovery/instance", discovery.find_instance),
]
