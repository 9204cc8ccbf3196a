"""Which changes a page offers: those that the visitor's roles allow. The server asks again for each."""

from dataclasses import dataclass

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope


@dataclass(frozen=True, slots=True)
class May:
    """What the visitor may do here."""

    assign: bool
    update: bool
    classify: bool
    tag: bool
    comment: bool

    @property
    def any(self) -> bool:
        """Whether there is anything."""
        return self.assign or self.update or self.classify or self.tag or self.comment


def may_with_incidents(scope: Scope) -> May:
    """What may be done with an incident."""
    return May(
        assign=scope.allows(Permission.INCIDENT_ASSIGN),
        update=scope.allows(Permission.INCIDENT_UPDATE),
        classify=scope.allows(Permission.INCIDENT_CLASSIFY),
        tag=scope.allows(Permission.INCIDENT_TAG),
        comment=scope.allows(Permission.INCIDENT_COMMENT),
    )


def may_with_alerts(scope: Scope) -> May:
    """What may be done with an alert. Alerts have no tags of their own."""
    return May(
        assign=scope.allows(Permission.ALERT_ASSIGN),
        update=scope.allows(Permission.ALERT_UPDATE),
        classify=scope.allows(Permission.ALERT_CLASSIFY),
        tag=False,
        comment=scope.allows(Permission.ALERT_COMMENT),
    )
