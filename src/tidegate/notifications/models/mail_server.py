"""MailServer: what takes this installation's mails, where it was set on a page, and how it fares."""

from django.db import models


class MailServer(models.Model):
    """One row. An empty host means that the environment says which server it is.

    While it fails nothing is tried before `try_at`: it is not the mails' fault.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    host = models.CharField(max_length=253, blank=True)
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(max_length=8, default="starttls")
    user_name = models.CharField(max_length=256, blank=True)
    sealed_password = models.TextField(blank=True)
    mail_from = models.CharField(max_length=320, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.CharField(max_length=256, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    try_at = models.DateTimeField(null=True, blank=True)
    last_answer = models.CharField(max_length=512, blank=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="mail_server_is_one"),)

    def __str__(self) -> str:
        return self.host
