import pytest

from tests.cast import NOW, START, Cast
from tests.graph.speaking import speak, speak_for
from tidegate.audit.actions import Target, record
from tidegate.audit.models import AuditEvent, Result
from tidegate.directory.actions.groups import create_group, update_group

pytestmark = pytest.mark.usefixtures("now")
PATH = "auditLogs/directoryAudits"


def test_event_says_who_did_what_to_what(cast: Cast) -> None:
    group = create_group(cast.enter("admin"), display_name="Readers")
    update_group(cast.enter("admin"), group.id, display_name="Writers", description="")
    program = speak(cast, "AuditLog.Read.All")

    event = program.get(f"{PATH}?$filter=activityDisplayName eq 'group.updated'").values[0]

    assert (event["category"], event["operationType"], event["result"]) == (
        "GroupManagement",
        "updated",
        "success",
    )
    assert event["activityDateTime"] == NOW.isoformat().replace("+00:00", "Z")
    user = event["initiatedBy"]["user"]
    assert (user["id"], user["displayName"], user["userType"], user["ipAddress"]) == (
        str(cast.user("admin").id), "Admin", "Member", "192.0.2.7",
    )  # fmt: skip
    assert event["initiatedBy"]["app"] is None
    target = event["targetResources"][0]
    assert (target["id"], target["type"], target["displayName"]) == (str(group.id), "Group", "Writers")
    assert {"displayName": "display_name", "oldValue": '"Readers"', "newValue": None} in target[
        "modifiedProperties"
    ]
    assert program.get(f"{PATH}/{event['id']}").body["correlationId"] == event["correlationId"]


def test_what_a_program_did_is_found_by_it(cast: Cast) -> None:
    program = speak(cast, "AuditLog.Read.All", "User.Invite.All")
    client_id = program.program.application.client_id
    program.post(
        "invitations", {"invitedUserEmailAddress": "n@x.example", "inviteRedirectUrl": "https://x.example"}
    )
    record(
        cast.enter("admin"),
        "group.created",
        Target("group", "1"),
        details={"x": f'"client_id": "{client_id}"'},
    )

    by_id = program.get(f"{PATH}?$filter=initiatedBy/app/appId eq '{client_id}'").values
    by_name = program.get(f"{PATH}?$filter=initiatedBy/app/displayName eq 'Harbour SIEM'").values

    assert [event["activityDisplayName"] for event in by_id] == ["user.invited"]
    assert by_id == by_name
    assert by_id[0]["initiatedBy"]["app"]["appId"] == str(client_id)
    assert by_id[0]["initiatedBy"]["user"] is None


@pytest.mark.parametrize(
    ("condition", "finds"),
    [
        (f"activityDateTime ge {NOW:%Y-%m-%dT%H:%M:%SZ}", True),
        (f"activityDateTime lt {START:%Y-%m-%dT%H:%M:%SZ}", False),
        ("initiatedBy/user/userPrincipalName eq 'admin@customer.example'", True),
        ("initiatedBy/user/displayName eq 'Nobody'", False),
        ("result eq 'failure'", True),
        ("startswith(activityDisplayName,'group.')", True),
    ],
)
def test_events_are_filtered(cast: Cast, condition: str, *, finds: bool) -> None:
    record(cast.enter("admin"), "group.deleted", Target("group", "1"), result=Result.REFUSED)
    program = speak(cast, "AuditLog.Read.All")

    found = program.get(f"{PATH}?$filter={condition} and initiatedBy/app/appId eq null&$top=1").values

    assert bool(found) is finds


def test_pages_follow_the_chain_while_it_grows(cast: Cast) -> None:
    program = speak(cast, "AuditLog.Read.All")
    newest = AuditEvent.objects.of_tenant(cast.customer.id).order_by("-sequence")[:4]
    wanted = [str(event.id) for event in newest]

    first = program.get(f"{PATH}?$top=2").body
    record(cast.enter("admin"), "group.created", Target("group", "1"))
    second = program.get(first["@odata.nextLink"].partition("/v1.0/")[2]).body

    assert [event["correlationId"] for event in first["value"]] + [
        event["correlationId"] for event in second["value"][:2]
    ] == wanted


def test_other_chains_are_not_there(cast: Cast) -> None:
    theirs = AuditEvent.objects.of_tenant(cast.other.id).order_by("-sequence")[0]
    program = speak(cast, "AuditLog.Read.All")

    assert program.get(f"{PATH}/Directory_{theirs.id}_{theirs.sequence}").code == (404, "ResourceNotFound")
    assert program.get(f"{PATH}?$filter=correlationId eq '{theirs.id}'").values == []
    assert program.get(f"{PATH}/nonsense").code == (404, "ResourceNotFound")


def test_reading_the_record_needs_the_permission(cast: Cast) -> None:
    assert speak(cast, "User.Read.All").get(PATH).status == 403
    assert speak(cast, "User.Read.All").get("auditLogs/signIns").status == 403
    assert speak_for(cast, cast.user("member"), "AuditLog.Read.All").get(PATH).status == 403
    assert speak_for(cast, cast.user("reader"), "AuditLog.Read.All").get(PATH).status == 200
