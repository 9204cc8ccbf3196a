"""How far an import is, and what kinds of records it found, in words."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.connectors.records import SourceFormat
from tidegate.incidents.models import ImportRun
from tidegate.web.device_words import State

_STATES: Final[Mapping[str, State]] = {
    ImportRun.State.WAITING: State("dim", _("Waiting")),
    ImportRun.State.RUNNING: State("dim", _("Being read")),
    ImportRun.State.FINISHED: State("ok", _("Finished")),
    ImportRun.State.FAILED: State("bad", _("Failed")),
}
_FAULTY: Final = State("warning", _("Finished, with faults"))
_FORMATS: Final[Mapping[str, Promise]] = {
    SourceFormat.GRAPH_ALERT: _("Microsoft Graph alerts"),
    SourceFormat.GRAPH_INCIDENT: _("Microsoft Graph incidents"),
    SourceFormat.DEFENDER_XDR_INCIDENT: _("Microsoft Defender XDR incidents"),
    SourceFormat.SIEM_DETECTION: _("SIEM detections"),
}


def describe_state(run: ImportRun) -> State:
    """The state of an import, with its sign."""
    return _FAULTY if run.state == ImportRun.State.FINISHED and run.rejected else _STATES[run.state]


def describe_formats(formats: Iterable[str]) -> str:
    """The formats that were recognised."""
    return ", ".join(str(_FORMATS.get(name, name)) for name in formats)
