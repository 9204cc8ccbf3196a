"""Addresses of the pages about elevation and broken glass."""

from django.urls import URLPattern, path

from tidegate.web.views import break_glass, elevation, eligibilities

urlpatterns: list[URLPattern] = [
    path("elevation", elevation.show_own, name="elevation"),
    path("elevation/history", eligibilities.list_history, name="elevation_history"),
    path("elevation/eligibilities", eligibilities.list_all, name="eligibilities"),
    path("elevation/eligibilities/create", eligibilities.create, name="eligibility_create"),
    path("elevation/eligibilities/<uuid:eligibility_id>/end", eligibilities.end, name="eligibility_end"),
    path(
        "elevation/eligibilities/<uuid:eligibility_id>/activate", elevation.take_up, name="elevation_activate"
    ),
    path("elevation/activations/<uuid:activation_id>/decide", elevation.decide, name="elevation_decide"),
    path("elevation/activations/<uuid:activation_id>/end", elevation.end, name="elevation_end"),
    path("elevation/activations/<uuid:activation_id>/cancel", elevation.cancel, name="elevation_cancel"),
    path("break-glass", break_glass.list_all, name="break_glass"),
    path("break-glass/write-ups", break_glass.list_own, name="write_ups"),
    path("break-glass/write-ups/<uuid:assignment_id>", break_glass.write, name="write_up"),
    path("break-glass/<uuid:assignment_id>", break_glass.show, name="opening"),
    path("break-glass/<uuid:assignment_id>/end", break_glass.end, name="opening_end"),
    path("break-glass/<uuid:assignment_id>/seen", break_glass.take_note, name="opening_seen"),
]
