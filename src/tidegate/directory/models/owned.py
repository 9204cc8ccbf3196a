"""TenantOwned: what every row of a tenant has, in every room above."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models

from tidegate.core.ids import uuid7
from tidegate.core.scoped import ScopedQuerySet
from tidegate.directory.models.tenant import Tenant


class TenantOwned(models.Model):
    """A row of one tenant. (tenant_id, id) is the key; ids are UUIDv7 made by us.

    `objects` refuses to run without a Scope. `rows` is the plain manager that Django itself uses
    to follow foreign keys, which hold the tenant.
    """

    pk = models.CompositePrimaryKey("tenant_id", "id")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+", db_index=False)
    id = models.UUIDField(default=uuid7)

    objects = ScopedQuerySet.as_manager()
    rows = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "rows"


if TYPE_CHECKING:
    from django.db.models import ForeignObject
else:

    class ForeignObject(models.ForeignObject):
        """Django's, which only its type stubs know to be generic."""

        def __class_getitem__(cls, _parameters: object) -> type:
            return cls


class TenantForeignObject[SetT, GetT](ForeignObject[SetT, GetT]):
    """A key to a row of the same tenant: this row's tenant with `id_field`, which the model names itself."""

    def __init__(
        self,
        to: type[models.Model] | str,
        on_delete: Callable[..., None],
        id_field: str,
        *,
        related_name: str = "+",
        null: bool = False,
    ) -> None:
        from_fields, to_fields = ("tenant", id_field), ("tenant", "id")
        super().__init__(to, on_delete, from_fields, to_fields, related_name=related_name, null=null)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Migrations know it as what it is in the database: Django's own ForeignObject."""
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.ForeignObject", arguments, options

    def clone(self) -> "models.ForeignObject[Any, Any]":  # type: ignore[override]
        """The same, as migrations know it: one of Django's own."""
        _name, _path, arguments, options = self.deconstruct()
        return models.ForeignObject(*arguments, **options)
