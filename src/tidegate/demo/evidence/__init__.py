"""Turns a scenario's clues into Microsoft Graph's alertEvidence objects."""

from typing import assert_never

from tidegate.connectors.records import Json
from tidegate.demo.scenarios.clues import (
    CloudAppClue,
    Clue,
    DeviceClue,
    FileClue,
    IpClue,
    MailboxClue,
    MessageClue,
    OAuthClue,
    ProcessClue,
    RegistryKeyClue,
    RegistryValueClue,
    UrlClue,
    UserClue,
)

from .machines import (
    device_evidence,
    file_evidence,
    process_evidence,
    registry_key_evidence,
    registry_value_evidence,
)
from .outside import cloud_app_evidence, ip_evidence, oauth_evidence, url_evidence
from .people import mailbox_evidence, message_evidence, user_evidence
from .scene import Scene

__all__ = ["Scene", "make_evidence"]


def make_evidence(clue: Clue, scene: Scene) -> dict[str, Json]:  # noqa: C901, PLR0911, PLR0912 - one line for each kind
    """The Graph object for one clue."""
    match clue:
        case DeviceClue():
            return device_evidence(clue, scene)
        case UserClue():
            return user_evidence(clue, scene)
        case MailboxClue():
            return mailbox_evidence(clue, scene)
        case FileClue():
            return file_evidence(clue, scene)
        case ProcessClue():
            return process_evidence(clue, scene)
        case IpClue():
            return ip_evidence(clue, scene)
        case UrlClue():
            return url_evidence(clue, scene)
        case MessageClue():
            return message_evidence(clue, scene)
        case RegistryKeyClue():
            return registry_key_evidence(clue, scene)
        case RegistryValueClue():
            return registry_value_evidence(clue, scene)
        case CloudAppClue():
            return cloud_app_evidence(clue, scene)
        case OAuthClue():
            return oauth_evidence(clue, scene)
        case _:
            assert_never(clue)
