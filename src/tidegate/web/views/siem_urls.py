"""Addresses of Settings > SIEM."""

from django.urls import URLPattern, path

from tidegate.web.views import siem

_ONE = "siem/<uuid:principal_id>"

urlpatterns: list[URLPattern] = [
    path("siem", siem.list_authorized, name="siem"),
    path(_ONE, siem.show, name="siem_application"),
    path(f"{_ONE}/renew", siem.renew, name="siem_renew"),
    path(f"{_ONE}/withdraw", siem.withdraw, name="siem_withdraw"),
    path(f"{_ONE}/configuration/<str:name>", siem.download, name="siem_configuration"),
]
