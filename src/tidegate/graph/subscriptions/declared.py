"""What is declared of this part."""

from typing import Final

from tidegate.graph.declaring import done, entity, flags, listed, made, shown, texts, times
from tidegate.graph.model import Operation, Part
from tidegate.graph.subscriptions.views import SUBSCRIPTIONS

SUBSCRIPTION: Final = entity(
    "subscription",
    *texts("applicationId changeType clientState creatorId latestSupportedTlsVersion"),
    *texts("lifecycleNotificationUrl notificationUrl resource"),
    *times("expirationDateTime"),
    *flags("includeResourceData"),
)
# Whatever reads a collection may be told of its changes.
_READS: Final = ("SecurityAlert.Read.All", "SecurityIncident.Read.All", "User.Read.All", "Group.Read.All")
_ONE: Final = "/subscriptions/{subscription-id}"

PART: Final = Part(
    types=(SUBSCRIPTION,),
    sets={"subscriptions": SUBSCRIPTION},
    operations=(
        *listed("/subscriptions", "The application's subscriptions", SUBSCRIPTION, _READS, SUBSCRIPTIONS,
                is_counted=False),
        made("/subscriptions", "Be told of changes, at an address that says a token back", SUBSCRIPTION,
             _READS[0]),
        shown(_ONE, "One of them", SUBSCRIPTION, _READS, SUBSCRIPTIONS),
        Operation("PATCH", _ONE, "Be told longer, or elsewhere", _READS, SUBSCRIPTION, takes=SUBSCRIPTION),
        done("DELETE", _ONE, "Be told no more", _READS[0]),
    ),
)  # fmt: skip
