"""The words of alerts and incidents (Microsoft Graph's enums), as the tables keep them."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.IntegerChoices):
    """How bad. Kept as a number so that worse sorts higher; `word` is Graph's."""

    UNKNOWN = 0, _("Unknown")
    INFORMATIONAL = 1, _("Info")
    LOW = 2, _("Low")
    MEDIUM = 3, _("Medium")
    HIGH = 4, _("High")

    @property
    def word(self) -> str:
        """Graph's word: unknown, informational, low, medium, high."""
        return self.name.lower()

    @classmethod
    def of_word(cls, word: str) -> "Severity":
        """The severity of Graph's word; UNKNOWN for any other."""
        return cls.__members__.get(word.upper(), cls.UNKNOWN)


class AlertStatus(models.TextChoices):
    """Where an alert stands."""

    UNKNOWN = "unknown", _("Unknown")
    NEW = "new", _("New")
    IN_PROGRESS = "inProgress", _("In progress")
    RESOLVED = "resolved", _("Resolved")


class IncidentStatus(models.TextChoices):
    """Where an incident stands."""

    ACTIVE = "active", _("New")
    IN_PROGRESS = "inProgress", _("In progress")
    AWAITING_ACTION = "awaitingAction", _("Awaiting")
    RESOLVED = "resolved", _("Resolved")
    REDIRECTED = "redirected", _("Merged")


class MoveReason(models.TextChoices):
    """Why alerts were moved to another incident."""

    SAME_ATTACK = "sameAttack", _("Part of the same attack")
    SAME_ASSET = "sameAsset", _("Same device, user or file")
    DUPLICATE = "duplicate", _("Duplicate")
    WRONG_CORRELATION = "wrongCorrelation", _("Put together by mistake")
    OTHER = "other", _("Another reason")


OPEN_INCIDENT = (IncidentStatus.ACTIVE, IncidentStatus.IN_PROGRESS, IncidentStatus.AWAITING_ACTION)
OPEN_ALERT = (AlertStatus.NEW, AlertStatus.IN_PROGRESS, AlertStatus.UNKNOWN)


class Classification(models.TextChoices):
    """Whether it was what it seemed."""

    UNKNOWN = "unknown", _("Not set")
    TRUE_POSITIVE = "truePositive", _("True positive")
    INFORMATIONAL = "informationalExpectedActivity", _("Informational, expected activity")
    FALSE_POSITIVE = "falsePositive", _("False positive")


class Determination(models.TextChoices):
    """What it was, within its classification."""

    UNKNOWN = "unknown", _("Not set")
    APT = "apt", _("Advanced persistent threat")
    MALWARE = "malware", _("Malware")
    SECURITY_PERSONNEL = "securityPersonnel", _("Security personnel")
    SECURITY_TESTING = "securityTesting", _("Security testing")
    UNWANTED_SOFTWARE = "unwantedSoftware", _("Unwanted software")
    MULTI_STAGED_ATTACK = "multiStagedAttack", _("Multi-stage attack")
    COMPROMISED_ACCOUNT = "compromisedAccount", _("Compromised account")
    PHISHING = "phishing", _("Phishing")
    MALICIOUS_USER_ACTIVITY = "maliciousUserActivity", _("Malicious user activity")
    NOT_MALICIOUS = "notMalicious", _("Not malicious")
    NOT_ENOUGH_DATA = "notEnoughDataToValidate", _("Not enough data to validate")
    CONFIRMED_ACTIVITY = "confirmedActivity", _("Confirmed activity")
    LINE_OF_BUSINESS = "lineOfBusinessApplication", _("Line of business application")
    OTHER = "other", _("Other")


# Microsoft, "Update alert" (Defender for Endpoint API): which determination goes with which classification.
DETERMINATIONS: dict[Classification, tuple[Determination, ...]] = {
    Classification.UNKNOWN: (Determination.UNKNOWN,),
    Classification.TRUE_POSITIVE: (
        Determination.MULTI_STAGED_ATTACK,
        Determination.MALICIOUS_USER_ACTIVITY,
        Determination.COMPROMISED_ACCOUNT,
        Determination.MALWARE,
        Determination.PHISHING,
        Determination.UNWANTED_SOFTWARE,
        Determination.OTHER,
    ),
    Classification.INFORMATIONAL: (
        Determination.SECURITY_TESTING,
        Determination.LINE_OF_BUSINESS,
        Determination.CONFIRMED_ACTIVITY,
        Determination.OTHER,
    ),
    Classification.FALSE_POSITIVE: (
        Determination.NOT_MALICIOUS,
        Determination.NOT_ENOUGH_DATA,
        Determination.OTHER,
    ),
}

TOOK_IN: Final = frozenset({"alerts.imported", "alert.created", "alert.detection_added"})
"""Tags of the events that name what came in: `new_alert_ids` and the like are in their details."""
