"""Addresses of notifications: rules and what they sent, channels, rotas, the inbox, the mail server."""

from django.urls import URLPattern, path

from tidegate.web.views import (
    channels,
    deliveries,
    inbox,
    mail_server,
    mailbox,
    notification_changes,
    notifications,
    rotas,
    unsubscribing,
)

_RULE = "notifications/<uuid:rule_id>"
_CHANNEL = "notifications/channels/<uuid:channel_id>"
_ROTA = "notifications/rotas/<uuid:rota_id>"

urlpatterns: list[URLPattern] = [
    path("notifications", notifications.list_all, name="notifications"),
    path("notifications/create", notification_changes.create, name="notification_rule_create"),
    path("notifications/mail", notifications.show_mail, name="notification_mail"),
    path(_RULE, notifications.show, name="notification_rule"),
    path(f"{_RULE}/edit", notification_changes.edit, name="notification_rule_edit"),
    path(f"{_RULE}/copy", notification_changes.copy, name="notification_rule_copy"),
    path(f"{_RULE}/pause", notifications.pause, name="notification_rule_pause"),
    path(f"{_RULE}/resume", notifications.resume, name="notification_rule_resume"),
    path(f"{_RULE}/remove", notifications.remove, name="notification_rule_remove"),
    path(f"{_RULE}/test", notifications.test, name="notification_rule_test"),
    path("notifications/deliveries", deliveries.list_log, name="notification_deliveries"),
    path("notifications/deliveries/<uuid:delivery_id>/resend", deliveries.resend, name="notification_resend"),
    path("notifications/suppressed", deliveries.list_silenced, name="notification_suppressed"),
    path(
        "notifications/suppressed/<uuid:suppression_id>/release",
        deliveries.release,
        name="notification_release",
    ),
    path("notifications/elsewhere", deliveries.list_elsewhere, name="notification_elsewhere"),
    path("notifications/channels", channels.list_all, name="notification_channels"),
    path("notifications/channels/webhook", channels.new_webhook, name="notification_webhook_create"),
    path("notifications/channels/chat", channels.new_chat, name="notification_chat_create"),
    path(f"{_CHANNEL}/edit", channels.edit, name="notification_channel_edit"),
    path(f"{_CHANNEL}/secret", channels.rotate, name="notification_channel_secret"),
    path(f"{_CHANNEL}/pause", channels.pause, name="notification_channel_pause"),
    path(f"{_CHANNEL}/resume", channels.resume, name="notification_channel_resume"),
    path(f"{_CHANNEL}/remove", channels.remove, name="notification_channel_remove"),
    path("notifications/rotas", rotas.list_all, name="notification_rotas"),
    path("notifications/rotas/create", rotas.create, name="notification_rota_create"),
    path(f"{_ROTA}/edit", rotas.edit, name="notification_rota_edit"),
    path(f"{_ROTA}/fetch", rotas.fetch, name="notification_rota_fetch"),
    path(f"{_ROTA}/remove", rotas.remove, name="notification_rota_remove"),
    path("notifications/unsubscribe/<str:token>", unsubscribing.ask_or_leave, name="unsubscribe"),
    path("notifications/mail-server", mail_server.show, name="mail_server"),
    path("notifications/mail-server/check", mail_server.check, name="mail_server_check"),
    path("notifications/mail-server/clear", mail_server.clear, name="mail_server_clear"),
    path("inbox", inbox.list_items, name="inbox"),
    path("inbox/mark", inbox.mark, name="inbox_mark"),
    path("inbox/<uuid:item_id>", inbox.open_item, name="inbox_item"),
    path("mailbox", mailbox.list_all, name="mailbox"),
    path("mailbox/<str:name>", mailbox.show, name="mailbox_mail"),
    path("mailbox/<str:name>/html", mailbox.show_html, name="mailbox_html"),
]
