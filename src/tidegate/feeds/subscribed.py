"""What can be subscribed to, by whom, for how long (Microsoft, "subscription resource type")."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tidegate.authorization.permissions import Permission


class Collection(StrEnum):
    """A set whose changes are told of. Values are Graph's paths."""

    ALERTS = "security/alerts_v2"
    INCIDENTS = "security/incidents"
    USERS = "users"
    GROUPS = "groups"


class ChangeType(StrEnum):
    """What became of an object; `missed` tells of the subscription itself (Graph's lifecycleEvent)."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Kind:
    """What it takes to be told of a collection, the type of its objects, and the longest subscription."""

    permission: Permission
    object_type: str
    longest: timedelta


_SECURITY: Final = timedelta(minutes=43_200)
_DIRECTORY: Final = timedelta(minutes=41_760)

KINDS: Final[Mapping[Collection, Kind]] = MappingProxyType(
    {
        Collection.ALERTS: Kind(Permission.ALERT_READ, "#microsoft.graph.security.alert", _SECURITY),
        Collection.INCIDENTS: Kind(Permission.INCIDENT_READ, "#microsoft.graph.security.incident", _SECURITY),
        Collection.USERS: Kind(Permission.USER_READ, "#microsoft.graph.user", _DIRECTORY),
        Collection.GROUPS: Kind(Permission.GROUP_READ, "#microsoft.graph.group", _DIRECTORY),
    }
)
