import pytest

from tests.cast import Cast
from tests.graph.speaking import speak
from tidegate.directory.models import Tenant

pytestmark = pytest.mark.usefixtures("now")


def test_organization_is_the_tokens_tenant(cast: Cast) -> None:
    program = speak(cast, "Organization.Read.All")

    listed = program.get("organization").values

    assert [(one["id"], one["displayName"]) for one in listed] == [(str(cast.customer.id), "Delta Mills")]
    assert [(each["name"], each["isDefault"]) for each in listed[0]["verifiedDomains"]] == [
        ("customer.example", True)
    ]
    assert program.get(f"organization/{cast.customer.id}").body["displayName"] == "Delta Mills"
    assert program.get(f"organization/{cast.other.id}").code == (404, "Request_ResourceNotFound")


@pytest.mark.parametrize("is_discoverable", [True, False])
def test_another_tenant_is_found_only_if_it_wishes(cast: Cast, *, is_discoverable: bool) -> None:
    Tenant.objects.filter(id=cast.other.id).update(is_discoverable=is_discoverable)
    program = speak(cast, "CrossTenantInformation.ReadBasic.All")
    paths = (
        f"tenantRelationships/findTenantInformationByTenantId(tenantId='{cast.other.id}')",
        "tenantRelationships/findTenantInformationByDomainName(domainName='OTHER.example')",
    )

    answers = [program.get(path) for path in paths]

    if is_discoverable:
        found = [
            {name: value for name, value in answer.body.items() if "@" not in name} for answer in answers
        ]
        assert (
            found
            == [
                {
                    "tenantId": str(cast.other.id),
                    "federationBrandName": None,
                    "displayName": "Polder Foods",
                    "defaultDomainName": "other.example",
                }
            ]
            * 2
        )
    else:
        assert {answer.code for answer in answers} == {(404, "Request_ResourceNotFound")}


def test_absent_tenant_reads_like_one_that_hides(cast: Cast) -> None:
    program = speak(cast, "CrossTenantInformation.ReadBasic.All")
    path = "tenantRelationships/findTenantInformationByDomainName(domainName='{}')"

    hidden, absent = program.get(path.format("other.example")), program.get(path.format("no.such.example"))

    assert (hidden.code, hidden.message) == (absent.code, absent.message)
    assert program.get(path.format("customer.example")).body["tenantId"] == str(cast.customer.id)
    assert program.get(path.format("no domain")).status == 400
