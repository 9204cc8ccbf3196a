"""What finds alerts, incidents, devices and people by words and parts of their names."""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tidegate.core.whole import AlwaysRun
from tidegate.incidents.search_engine import drop_indexes, keep_words, make_indexes, text_of_incident


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The indexes, and on SQLite the words of what is there."""
    make_indexes(schema_editor.connection)
    alerts: Any = apps.get_model("incidents", "Alert").rows.values_list("tenant_id", "id", "title")
    keep_words(alerts.iterator())
    incidents: Any = apps.get_model("incidents", "Incident").rows
    rows = incidents.values_list("tenant_id", "id", "display_name", "custom_tags").iterator()
    keep_words((tenant_id, id_, text_of_incident(name, tags)) for tenant_id, id_, name, tags in rows)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The way back."""
    drop_indexes(schema_editor.connection)


class Migration(migrations.Migration):
    """See the module."""

    dependencies = [
        ("incidents", "0010_fill_indicators"),
        ("devices", "0006_seen_by_groups"),
        ("directory", "0007_where_one_is_at_home"),
    ]

    operations = [AlwaysRun(make, drop)]
