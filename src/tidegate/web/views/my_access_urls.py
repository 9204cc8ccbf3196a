"""Addresses of the pages about my access, and of approvals."""

from django.urls import URLPattern, path

from tidegate.web.views import approvals, bulk_approvals, my_access, my_requests

urlpatterns: list[URLPattern] = [
    path("myaccess", my_access.show_own, name="my_access"),
    path("myaccess/requests/<uuid:request_id>", my_requests.show, name="my_request"),
    path("myaccess/requests/<uuid:request_id>/cancel", my_requests.cancel, name="my_request_cancel"),
    path(
        "myaccess/assignments/<uuid:assignment_id>/extend",
        my_requests.extend,
        name="my_assignment_extend",
    ),
    path(
        "myaccess/assignments/<uuid:assignment_id>/give-up",
        my_requests.give_up,
        name="my_assignment_give_up",
    ),
    path("myaccess/@<str:place>", my_access.show_place, name="my_access_at"),
    path("myaccess/@<str:place>/", my_access.lead_to_place),
    path("@<str:place>", my_access.lead_to_place),
    path(
        "myaccess/@<str:place>/access-packages/<uuid:package_id>",
        my_access.ask,
        name="my_access_package",
    ),
    path("approvals", approvals.list_waiting, name="approvals"),
    path("approvals/decided", approvals.list_past, name="approvals_decided"),
    path("approvals/decisions", bulk_approvals.decide_many, name="approvals_decide"),
    path("approvals/<uuid:request_id>", approvals.show, name="approval"),
]
