"""Addresses of the pages about applications: registered here, let in here, and one's own consents."""

from django.urls import URLPattern, path

from tidegate.web.views import (
    application_changes,
    application_consent,
    application_credentials,
    applications,
    own_applications,
    refresh_tokens,
    service_principals,
)

_ONE = "applications/<uuid:application_id>"
_PRINCIPAL = "service-principals/<uuid:principal_id>"

urlpatterns: list[URLPattern] = [
    path("applications", applications.list_all, name="applications"),
    path("applications/register", application_changes.register, name="application_register"),
    path("applications/consent", application_consent.consent, name="application_consent"),
    path(_ONE, applications.show, name="application"),
    path(f"{_ONE}/edit", application_changes.edit, name="application_edit"),
    path(f"{_ONE}/permissions", application_changes.choose_required, name="application_permissions"),
    path(f"{_ONE}/disable", application_changes.disable, name="application_disable"),
    path(f"{_ONE}/enable", application_changes.enable, name="application_enable"),
    path(f"{_ONE}/remove", application_changes.remove, name="application_remove"),
    path(f"{_ONE}/secrets", application_credentials.new_secret, name="application_secret"),
    path(f"{_ONE}/certificates", application_credentials.new_certificate, name="application_certificate"),
    path(
        f"{_ONE}/federated-credentials", application_credentials.new_federated, name="application_federated"
    ),
    path(
        f"{_ONE}/credentials/<uuid:credential_id>/remove",
        application_credentials.remove,
        name="application_credential_remove",
    ),
    path(_PRINCIPAL, service_principals.show, name="service_principal"),
    path(f"{_PRINCIPAL}/withdraw", service_principals.withdraw, name="service_principal_withdraw"),
    path(f"{_PRINCIPAL}/renew", service_principals.renew, name="service_principal_renew"),
    path(f"{_PRINCIPAL}/disable", service_principals.disable, name="service_principal_disable"),
    path(f"{_PRINCIPAL}/enable", service_principals.enable, name="service_principal_enable"),
    path(f"{_PRINCIPAL}/remove", service_principals.remove, name="service_principal_remove"),
    path(
        f"{_PRINCIPAL}/refresh-tokens/revoke",
        refresh_tokens.revoke_of_application,
        name="service_principal_revoke",
    ),
    path("myaccess/applications", own_applications.list_own, name="my_applications"),
    path(
        "myaccess/applications/<uuid:principal_id>/withdraw",
        own_applications.withdraw,
        name="my_application_withdraw",
    ),
]
