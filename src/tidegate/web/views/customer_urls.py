"""Addresses of what a provider keeps about its customers."""

from django.urls import URLPattern, path

from tidegate.web.views import customer_tags, report, service_levels, tenant_groups

urlpatterns: list[URLPattern] = [
    path("customers/<uuid:tenant_id>/tags", customer_tags.change, name="customer_tags"),
    path("report", report.show, name="report"),
    path("report/export.csv", report.export, name="report_export"),
    path("tenant-groups", tenant_groups.list_all, name="tenant_groups"),
    path("tenant-groups/create", tenant_groups.create, name="tenant_group_create"),
    path("tenant-groups/<uuid:group_id>", tenant_groups.show, name="tenant_group"),
    path("tenant-groups/<uuid:group_id>/edit", tenant_groups.edit, name="tenant_group_edit"),
    path("tenant-groups/<uuid:group_id>/copy", tenant_groups.copy, name="tenant_group_copy"),
    path("tenant-groups/<uuid:group_id>/delete", tenant_groups.delete, name="tenant_group_delete"),
    path("service-levels", service_levels.list_all, name="service_levels"),
    path("service-levels/create", service_levels.create, name="service_level_create"),
    path("service-levels/assign", service_levels.assign, name="service_level_assign"),
    path("service-levels/<uuid:level_id>/edit", service_levels.edit, name="service_level_edit"),
    path("service-levels/<uuid:level_id>/delete", service_levels.delete, name="service_level_delete"),
]
