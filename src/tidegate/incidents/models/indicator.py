"""Indicator: a value that an alert names, in the one spelling in which it is looked for."""

from django.db import models

from tidegate.directory.models.owned import TenantForeignObject, TenantOwned
from tidegate.incidents.models.alert import Alert


class IndicatorKind(models.TextChoices):
    """What kind of value it is."""

    SHA256 = "sha256"
    SHA1 = "sha1"
    MD5 = "md5"
    IP = "ip"
    URL = "url"
    DOMAIN = "domain"
    FILE = "file"
    ACCOUNT = "account"
    DEVICE = "device"
    TECHNIQUE = "technique"


class Indicator(TenantOwned):
    """A hash, address, name or technique of one alert; written and removed with the alert's evidence.

    `value` is normalized (`incidents.indicators`). `device_key` is what the device that the evidence is about
    is recognised by (`devices.keys`), "" for none: where that device is hidden, so is the row.
    """

    alert_id = models.UUIDField()
    alert = TenantForeignObject(Alert, models.CASCADE, "alert_id", related_name="indicators")
    kind = models.CharField(max_length=16, choices=IndicatorKind.choices)
    value = models.CharField(max_length=512)
    device_key = models.CharField(max_length=300, blank=True)
    seen_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = (
            models.Index(fields=["tenant", "value"], name="indicator_value"),
            models.Index(fields=["tenant", "alert_id"], name="indicator_alert"),
            # For whoever asks in which of many tenants a thing was seen.
            models.Index(fields=["kind", "value"], name="indicator_sighted"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"
