"""The queue's tables."""

from tidegate.incidents.models.alert import Alert, Evidence
from tidegate.incidents.models.change_clock import ChangeClock
from tidegate.incidents.models.comment import Comment
from tidegate.incidents.models.correlation import (
    Correlation,
    CorrelationKey,
    CorrelationKind,
    CorrelationSetting,
)
from tidegate.incidents.models.detection import Detection
from tidegate.incidents.models.import_run import ImportRun
from tidegate.incidents.models.incident import Incident
from tidegate.incidents.models.incident_clock import IncidentClock
from tidegate.incidents.models.indicator import Indicator, IndicatorKind
from tidegate.incidents.models.queue_counter import QueueCounter
from tidegate.incidents.models.saved_view import SavedView

__all__ = [
    "Alert",
    "ChangeClock",
    "Comment",
    "Correlation",
    "CorrelationKey",
    "CorrelationKind",
    "CorrelationSetting",
    "Detection",
    "Evidence",
    "ImportRun",
    "Incident",
    "IncidentClock",
    "Indicator",
    "IndicatorKind",
    "QueueCounter",
    "SavedView",
]
