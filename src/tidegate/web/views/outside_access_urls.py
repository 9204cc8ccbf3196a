"""Addresses of the pages about access from outside, its ends, and who of us may enter whom."""

from django.urls import URLPattern, path

from tidegate.web.views import coverage, expiry, outside_access

urlpatterns: list[URLPattern] = [
    path("outside-access", outside_access.show_all, name="outside_access"),
    path("outside-access/stop", outside_access.stop_everybody, name="stop_all"),
    path(
        "outside-access/organizations/<uuid:home_tenant_id>/stop",
        outside_access.stop_home,
        name="stop_organization",
    ),
    path(
        "outside-access/connected/<uuid:organization_id>/stop",
        outside_access.stop_connected,
        name="stop_connected",
    ),
    path("outside-access/guests/<uuid:user_id>/stop", outside_access.stop_one, name="stop_guest"),
    path("outside-access/stops/<uuid:stop_id>/lift", outside_access.lift, name="stop_lift"),
    path("coverage", coverage.show_matrix, name="coverage"),
    path("coverage/export.csv", coverage.export_matrix, name="coverage_export"),
    path("expiry", expiry.show_ends, name="expiry"),
    path("expiry/guests/<uuid:user_id>/renew", expiry.renew_given_access, name="expiry_renew_guest"),
    path(
        "expiry/memberships/<uuid:membership_id>/renew",
        expiry.renew_given_membership,
        name="expiry_renew_membership",
    ),
    path("expiry/roles/<uuid:assignment_id>/renew", expiry.renew_given_role, name="expiry_renew_role"),
    path(
        "expiry/packages/<uuid:assignment_id>/renew",
        expiry.renew_given_package,
        name="expiry_renew_package",
    ),
    path(
        "expiry/eligibilities/<uuid:eligibility_id>/renew",
        expiry.renew_given_eligibility,
        name="expiry_renew_eligibility",
    ),
    path("expiry/consents/<uuid:grant_id>/renew", expiry.renew_given_consent, name="expiry_renew_consent"),
    path("expiry/hand-over/<uuid:user_id>", expiry.hand_work_over, name="hand_over"),
]
