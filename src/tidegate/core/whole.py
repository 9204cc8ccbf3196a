"""A new database is made whole: every table as it is today, instead of through all that it once was.

Each migration makes Django build all models anew as they were then; on an empty database that is most of a
first start. What only a migration does, because no model says it, is an `AlwaysRun`. That both ways
lead to the same tables is what tests/config/test_whole.py finds out.
"""

from typing import Any

from django.apps import apps
from django.db import migrations, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class AlwaysRun(migrations.RunPython):
    """A step of a migration that a new database needs too. It may count on every table of today."""


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Whether there is no table that this one's applications would use."""
    there = set(connection.introspection.table_names())
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    return not there & {*ours, "django_migrations"}


def make_whole(connection: BaseDatabaseWrapper) -> None:
    """Make all tables, and note every migration as done: all of it or nothing."""
    loader = MigrationLoader(connection)
    recorder = MigrationRecorder(connection)
    with connection.schema_editor() as editor:
        for app in apps.get_app_configs():
            if app.label in loader.migrated_apps:
                for model in router.get_migratable_models(app, connection.alias, include_auto_created=False):
                    if model._meta.can_migrate(connection):
                        editor.create_model(model)
        editor.create_model(recorder.Migration)
        for key in _in_order(loader):
            for operation in loader.disk_migrations[key].operations:
                if isinstance(operation, AlwaysRun):
                    run: Any = operation.code
                    run(apps, editor)
        done = [recorder.Migration(app=app, name=name) for app, name in loader.disk_migrations]
        recorder.migration_qs.bulk_create(done)


def _in_order(loader: MigrationLoader) -> list[Any]:
    """The keys of all migrations, each after those that it depends on."""
    plan: dict[Any, None] = {}
    for leaf in loader.graph.leaf_nodes():
        plan.update(dict.fromkeys(loader.graph.forwards_plan(leaf)))
    return [key for key in plan if key in loader.disk_migrations]
