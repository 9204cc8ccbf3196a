"""Addresses of Settings > SIEM, and of what fetches."""

from django.urls import URLPattern, path

from tidegate.web.views import feeds, siem

_ONE = "siem/<uuid:principal_id>"

urlpatterns: list[URLPattern] = [
    path("siem", siem.list_authorized, name="siem"),
    path(_ONE, siem.show, name="siem_application"),
    path(f"{_ONE}/renew", siem.renew, name="siem_renew"),
    path(f"{_ONE}/withdraw", siem.withdraw, name="siem_withdraw"),
    path(f"{_ONE}/configuration/<str:name>", siem.download, name="siem_configuration"),
    path("feeds", feeds.list_all, name="feeds"),
    path("feeds/<uuid:consumer_id>", feeds.show, name="feed"),
    path("feeds/<uuid:consumer_id>/replay", feeds.replay, name="feed_replay"),
    path("feeds/<uuid:consumer_id>/replay/cancel", feeds.cancel, name="feed_replay_cancel"),
]
