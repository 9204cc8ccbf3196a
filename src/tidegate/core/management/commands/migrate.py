"""`migrate`, as Django has it; but a database that is empty is made whole at once."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from tidegate.core.whole import is_empty, make_whole


class Command(migrate.Command):
    """Bring the database to this version's form."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Django finds nothing left to do in a database that was made whole, but to tell whom it tells.

        `migrate <app>` and what else asks for single steps takes them one after the other, as ever.
        """
        connection = connections[options["database"]]
        asks_for_steps = any(
            options.get(name) for name in ("app_label", "fake", "fake_initial", "plan", "check_unapplied")
        )
        if not asks_for_steps and is_empty(connection):
            make_whole(connection)
        super().handle(*args, **options)
