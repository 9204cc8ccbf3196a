"""What Settings > SIEM shows of an application that may fetch alerts."""

from collections.abc import Sequence
from typing import Any

from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.web.applications import standing_of


def siem_row(principal: ServicePrincipal, grants: Sequence[Grant]) -> dict[str, Any]:
    """How it stands, by whose leave, from when and until when."""
    return {
        "principal": principal,
        "standing": standing_of(principal, len(grants)),
        "granted_by": grants[0].granted_by if grants else "",
        "starts_at": min((grant.starts_at for grant in grants), default=None),
        "ends_at": min((grant.ends_at for grant in grants if grant.ends_at), default=None),
    }
