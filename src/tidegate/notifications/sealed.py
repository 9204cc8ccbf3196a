"""For what secrets of notifications are sealed: one key each."""

from typing import Final

ADDRESS: Final = "notifications.channel.address"
SECRET: Final = "notifications.channel.secret"  # noqa: S105  the name of a use, no secret
CALENDAR: Final = "notifications.rota.calendar"
INVITATION: Final = "notifications.invitation"
PASSWORD: Final = "notifications.mail_server.password"  # noqa: S105  the name of a use, no secret
