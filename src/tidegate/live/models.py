"""Onlooker: somebody has a page open now."""

from django.db import models

from tidegate.directory.models import User
from tidegate.directory.models.owned import TenantForeignObject, TenantOwned


class Onlooker(TenantOwned):
    """A user of the tenant who looks at one thing of it, until the instant given.

    One row for each open page, under the id of its stream; the process that holds the stream moves `until`
    on, and takes the row away when the page is closed. `target` is as the audit log has it: "incident:4127".
    """

    user_id = models.UUIDField()
    user = TenantForeignObject(User, models.CASCADE, "user_id", related_name="+")
    target = models.CharField(max_length=300)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} at {self.target}"
