"""What the sign-in log is told of a request for tokens, whether it got some or not."""

from datetime import datetime
from typing import Final

from tidegate.core.ids import parse_uuid
from tidegate.oauth.actions.sign_ins import Attempt, count, note
from tidegate.oauth.grants.asking import TokenRequest
from tidegate.oauth.queries import Proven
from tidegate.oauth.sender import Sender

NOT_LET_IN: Final = 700016
# What says nothing yet: a device asks again and again.
_PENDING: Final = frozenset({70016})


def count_proven(proven: Proven, grant: str, resource: str, sender: Sender, at: datetime) -> None:
    """Count a request of an application that gets a token for its secret; waits for nothing."""
    count(
        Attempt(
            proven.tenant_id,
            grant,
            client_id=proven.client_id,
            client_name=proven.display_name,
            resource=resource,
            ip_address=sender.ip_address,
            user_agent=sender.user_agent,
        ),
        at,
    )


def note_request(request: TokenRequest, grant: str, result: int = 0) -> None:
    """Count a request in the log of the tenant that it was about.

    Nothing is told of what is no tenant's: an unknown one's, or a code that was never given out.
    """
    about, sender = request.about, request.sender
    principal, user = about.principal, about.user
    tenant_id = principal.tenant_id if principal else request.place.tenant_id
    if tenant_id is None or result in _PENDING or (principal is None and result != NOT_LET_IN):
        return
    note(
        Attempt(
            tenant_id=tenant_id,
            grant=grant,
            result=result,
            client_id=principal.client_id if principal else parse_uuid(request.presented.client_id),
            client_name=principal.display_name if principal else "",
            user_id=user.id if user else None,
            user_name=user.user_principal_name if user else "",
            resource=about.resource,
            ip_address=sender.ip_address,
            user_agent=sender.user_agent,
        )
    )
