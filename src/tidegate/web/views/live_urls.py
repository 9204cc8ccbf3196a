"""Addresses that open pages ask by themselves."""

from django.urls import URLPattern, path

from tidegate.web.views import live

urlpatterns: list[URLPattern] = [
    path("live", live.open_stream, name="live"),
    path("live/change", live.show_change, name="live_change"),
    path("live/onlookers", live.show_onlookers, name="live_onlookers"),
]
