"""What sources say, made to fit Graph's published description."""

import json
from typing import Any

from tests.cast import Cast, import_all
from tests.connectors.samples import TYPE, graph_alert
from tidegate.incidents.actions.changes import set_alert_status
from tidegate.incidents.models import Alert, Evidence

STRANGE = graph_alert(
    serviceSource="acmeShield",
    detectionSource="nrtAlerts",
    classification="certain",
    productName="Shield",
    investigationState="somedayDone",
    categories=["Malware", 7],
    customDetails={"Account": "ann"},
    additionalData="x",
    evidence=[
        {
            "@odata.type": TYPE + "deviceEvidence",
            "mdeDeviceId": "d1",
            "verdict": "dubious",
            "remediationStatus": "running",
            "osProcessor": "x64",
        }
    ],
)


def document(cast: Cast) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(Alert.objects.of_tenant(cast.customer.id).get().document)
    return value


def test_words_that_graph_does_not_have_are_of_a_later_version(cast: Cast, now: None) -> None:
    import_all(cast.customer, [STRANGE])
    told = document(cast)
    assert (told["serviceSource"], told["classification"]) == ("unknownFutureValue", "unknownFutureValue")
    assert told["detectionSource"] == "nrtAlerts"
    (evidence,) = told["evidence"]
    assert (evidence["verdict"], evidence["remediationStatus"]) == ("unknownFutureValue", "running")
    set_alert_status(cast.enter("analyst"), "da1", "inProgress")
    assert document(cast)["classification"] == "unknownFutureValue"
    assert Alert.objects.of_tenant(cast.customer.id).get().service_source == "acmeShield"


def test_members_that_graph_does_not_have_stay_with_the_evidence_itself(cast: Cast) -> None:
    import_all(cast.customer, [STRANGE])
    assert "osProcessor" not in document(cast)["evidence"][0]
    assert json.loads(Evidence.objects.of_tenant(cast.customer.id).get().body)["osProcessor"] == "x64"


def test_members_that_nothing_works_with_are_told_in_their_form(cast: Cast) -> None:
    import_all(cast.customer, [STRANGE])
    told = document(cast)
    assert (told["productName"], told["alertPolicyId"]) == ("Shield", None)
    assert (told["customDetails"], told["additionalData"]) == ({"Account": "ann"}, None)
    assert (told["categories"], told["investigationState"]) == (["Malware"], "unknownFutureValue")
