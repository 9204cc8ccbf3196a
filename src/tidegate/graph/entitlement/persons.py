"""What only people do: ask for access for themselves, and decide on others' requests.

An application that acts for a person needs the permission of Graph for it; the person needs none of the
product's, for whoever is offered something may ask, and whoever is named as an approver decides.
"""

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Forbidden
from tidegate.oauth.endpoint import Call


def scope_of_person(call: Call, lent: Permission) -> Scope:
    """The scope of the person acted for. Raises Forbidden for an application that acts for itself."""
    if call.scope.entry.user_id is None:
        raise Forbidden("Only people do this: it takes a token of an application that acts for one.")
    if not call.caller.lends(lent):
        message = f"The application was not granted what opens {lent}."
        raise Forbidden(message, permission=lent)
    return call.scope
