"""Addresses of the directory's pages."""

from django.urls import URLPattern, path, re_path

from tidegate.web.views import access, audit, domains, groups, invitations, properties, roles, start, users

urlpatterns: list[URLPattern] = [
    path("properties", properties.show_properties, name="properties"),
    path("properties/edit", properties.edit_properties, name="properties_edit"),
    path("users", users.list_people, name="users"),
    path("users/invite", invitations.invite, name="invite"),
    path("users/create", invitations.create_member, name="create_member"),
    path("users/<uuid:user_id>", users.show_user, name="user"),
    path("users/<uuid:user_id>/block", users.set_block, name="user_block"),
    path("users/<uuid:user_id>/unblock", users.lift_block, name="user_unblock"),
    path("users/<uuid:user_id>/end", users.set_end, name="user_end"),
    path("users/<uuid:user_id>/remove", users.remove, name="user_remove"),
    path("users/<uuid:user_id>/invitation", invitations.renew, name="user_renew"),
    path("invitations/<str:token>", invitations.show_invitation, name="invitation"),
    path("groups", groups.list_all, name="groups"),
    path("groups/create", groups.create, name="group_create"),
    path("groups/<uuid:group_id>", groups.show, name="group"),
    path("groups/<uuid:group_id>/edit", groups.rename, name="group_edit"),
    path("groups/<uuid:group_id>/delete", groups.delete, name="group_delete"),
    path("groups/<uuid:group_id>/members", groups.add, name="group_add"),
    path(
        "groups/<uuid:group_id>/members/<uuid:membership_id>/remove",
        groups.take_out,
        name="group_take_out",
    ),
    path("roles", roles.list_all, name="roles"),
    path("roles/assignments", roles.assign, name="role_assign"),
    path("roles/assignments/<uuid:assignment_id>/remove", roles.unassign, name="role_unassign"),
    path("domains", domains.list_all, name="domains"),
    path("domains/add", domains.add, name="domain_add"),
    path("domains/<int:domain_id>/verify", domains.verify, name="domain_verify"),
    path("domains/<int:domain_id>/default", domains.make_default, name="domain_make_default"),
    path("domains/<int:domain_id>/remove", domains.remove, name="domain_remove"),
    path("audit", audit.list_events, name="audit"),
    path("audit/since", audit.list_since, name="audit_since"),
    path("audit/verification", audit.verify, name="audit_verify"),
    re_path(r"^audit/export\.(?P<form>csv|ndjson)$", audit.export, name="audit_export"),
    path("audit/<int:sequence>", audit.show_event, name="audit_event"),
    path("access", access.show_access, name="access"),
    path("access/export", access.export_access, name="access_export"),
    path("start", start.start, name="start"),
]
