"""`python -m tests.support.schema whole|steps`: make a database one way, and tell its form as JSON."""

import json
import re
import sys
from typing import Any

import django
from django.conf import settings


def make(way: str) -> None:
    """As the product does, or one migration after the other as Django alone does."""
    # Not above: Django has to be set up first.
    from django.core.management import call_command  # noqa: PLC0415
    from django.core.management.commands.migrate import Command  # noqa: PLC0415

    call_command("migrate" if way == "whole" else Command(), verbosity=0, interactive=False)


def describe() -> dict[str, Any]:
    """Tables with their columns, constraints and indexes; in no order, which says nothing."""
    from django.db import connection  # noqa: PLC0415

    introspection = connection.introspection
    found: dict[str, Any] = {}
    with connection.cursor() as cursor:
        for table in introspection.table_names(cursor):
            columns = [
                [c.name, str(c.type_code), c.internal_size, c.null_ok, str(c.default)]
                for c in introspection.get_table_description(cursor, table)
            ]
            constraints = introspection.get_constraints(cursor, table)
            found[table] = {
                "columns": sorted(columns),
                "constraints": sorted(_tell(name, told) for name, told in constraints.items()),
            }
        cursor.execute(_DEFINITIONS[connection.vendor])
        found["definitions"] = sorted(f"{name}: {_shorten(text)}" for name, text in cursor.fetchall())
        cursor.execute("SELECT app, name FROM django_migrations")
        found["done"] = sorted(".".join(row) for row in cursor.fetchall())
        for table in ("django_content_type", "auth_permission"):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            found[f"rows of {table}"] = cursor.fetchone()[0]
    return found


def _tell(name: str, told: Any) -> str:
    """A constraint; SQLite keeps no names of most, and reads the columns of a key in the table's order."""
    name = "" if name.startswith(("fk_", "__")) else name
    return f"{name} {told | {'columns': sorted(told['columns'])}}"


def _shorten(text: str | None) -> str:
    """A definition; of one of SQLite's tables only the key, since its columns may stand in another order."""
    if not text or not text.startswith("CREATE TABLE"):
        return text or ""
    return " ".join(re.findall(r"PRIMARY KEY \([^)]*\)", text))


# Conditions, orders and expressions, which Django does not read back.
_DEFINITIONS = {
    "sqlite": "SELECT name, sql FROM sqlite_master",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
    " UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = current_schema()::regnamespace",
}


if __name__ == "__main__":
    django.setup()
    settings.TIDEGATE_HOME.mkdir(parents=True, exist_ok=True)
    make(sys.argv[1])
    sys.stdout.write(json.dumps(describe()))
