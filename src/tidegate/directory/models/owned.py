"""TenantOwned: what every row of a tenant has, in every room above."""

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
