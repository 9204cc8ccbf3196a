import pytest

from tests.cast import NOW, Cast
from tests.graph.speaking import speak
from tidegate.oauth.models import SignIn

pytestmark = pytest.mark.usefixtures("now")


def test_sign_ins_are_listed_newest_first_and_only_ones_own(cast: Cast) -> None:
    for tenant, result in ((cast.customer, 0), (cast.customer, 7000215), (cast.other, 0)):
        SignIn.rows.create(
            tenant=tenant,
            hour_at=NOW,
            digest=str(result),
            count=3,
            first_at=NOW,
            last_at=NOW,
            grant=SignIn.Grant.CLIENT_CREDENTIALS,
            result=result,
            client_id=tenant.id,
            client_name="Harbour SIEM",
            resource="graph",
        )
    program = speak(cast, "AuditLog.Read.All")

    failed = program.get("auditLogs/signIns?$filter=status/errorCode ne 0").values

    assert len(program.get("auditLogs/signIns").values) == 2
    assert [
        (one["appDisplayName"], one["resourceDisplayName"], one["status"]["failureReason"]) for one in failed
    ] == [("Harbour SIEM", "Microsoft Graph", "AADSTS7000215")]
    assert program.get(f"auditLogs/signIns/{failed[0]['id']}").body["signInEventTypes"] == [
        "servicePrincipal"
    ]
    theirs = SignIn.rows.get(tenant=cast.other)
    assert program.get(f"auditLogs/signIns/{theirs.id}").code == (404, "ResourceNotFound")
