"""Microsoft's own library for Graph, pointed here: it reads each answer into its types, or fails.

It comes with the optional group `clients` alone.
"""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import pytest

from tests.clients.portal import Portal
from tests.clients.world import (
    ADA,
    CUSTOMER_DOMAIN,
    HIGH,
    NEWEST_FIRST,
    OTHER,
    OTHER_DOMAIN,
    ROWS,
    SECRET,
    THEIRS,
)
from tests.manifest.making import CLIENT, CUSTOMER

pytest.importorskip("msgraph", reason="the group `clients` is not installed")
pytestmark = [pytest.mark.one_engine, pytest.mark.filterwarnings("ignore")]


def take(path: str) -> Any:
    """A class of the library, which makes a module of each: `security.alert.Alert`."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(f"msgraph.generated.{module}"), name)


def asking(**parameters: Any) -> Any:
    """How the library takes query parameters of any builder."""
    configuration = import_module("kiota_abstractions.base_request_configuration")
    return configuration.RequestConfiguration(query_parameters=parameters.pop("of")(**parameters))


def speak(portal: Portal, talk: Callable[[Any], Awaitable[None]]) -> None:
    """Talk as the example's application, within the customer."""
    asyncio.run(_speak(portal, talk))
    # What the library leaves open is its own affair: let it be found here, where warnings are let pass.
    gc.collect()


async def _speak(portal: Portal, talk: Callable[[Any], Awaitable[None]]) -> None:
    provider = import_module("kiota_authentication_azure.azure_identity_authentication_provider")
    credential = import_module("azure.identity.aio").ClientSecretCredential(
        CUSTOMER, CLIENT, SECRET, authority=portal.base, disable_instance_discovery=True
    )
    authentication = provider.AzureIdentityAuthenticationProvider(
        credential, scopes=["https://graph.microsoft.com/.default"], allowed_hosts=["127.0.0.1"]
    )
    graph, client = import_module("msgraph"), import_module("msgraph_core").GraphClientFactory
    sender = client.create_with_default_middleware()
    adapter = graph.GraphRequestAdapter(authentication, sender)
    adapter.base_url = f"{portal.base}/v1.0"
    async with credential, sender:
        await talk(graph.GraphServiceClient(request_adapter=adapter))
    # What closed lets go of its connections in the loop's next rounds.
    await asyncio.sleep(0.1)


async def refusal(call: Awaitable[object]) -> tuple[int, str]:
    """The status and code of the error that the library reads."""
    with pytest.raises(take("models.o_data_errors.o_data_error.ODataError")) as caught:
        await call
    error: Any = caught.value
    assert error.error.message
    return error.response_status_code, error.error.code


def test_alerts_are_read_page_by_page_into_types(portal: Portal) -> None:
    builder = take("security.alerts_v2.alerts_v2_request_builder.Alerts_v2RequestBuilder")
    device = take("models.security.device_evidence.DeviceEvidence")

    async def talk(graph: Any) -> None:
        options = asking(of=builder.Alerts_v2RequestBuilderGetQueryParameters, top=2)
        found: list[Any] = []
        pages = import_module("msgraph_core.tasks.page_iterator").PageIterator(
            await graph.security.alerts_v2.get(options), graph.request_adapter
        )

        def keep(each: Any) -> bool:
            found.append(each)
            return True

        await pages.iterate(keep)
        assert [each.id for each in found] == NEWEST_FIRST
        assert [each.severity.value for each in found] == [row.severity for row in ROWS]
        assert {each.tenant_id for each in found} == {CUSTOMER}
        assert all(each.created_date_time.tzinfo for each in found)
        assert all(isinstance(each.evidence[0], device) for each in found)

    speak(portal, talk)


def test_alerts_are_filtered_and_a_bad_filter_is_refused(portal: Portal) -> None:
    builder = take("security.alerts_v2.alerts_v2_request_builder.Alerts_v2RequestBuilder")

    async def talk(graph: Any) -> None:
        kind = builder.Alerts_v2RequestBuilderGetQueryParameters
        since = "createdDateTime ge 2000-01-01T00:00:00Z"
        high = asking(of=kind, filter=f"severity eq 'high' and {since}", orderby=["createdDateTime desc"])
        assert [each.id for each in (await graph.security.alerts_v2.get(high)).value] == HIGH
        bad = asking(of=kind, filter="severity eqq 'high'")
        assert (await refusal(graph.security.alerts_v2.get(bad)))[0] == 400

    speak(portal, talk)


def test_alert_is_changed_and_commented_upon(portal: Portal) -> None:
    change = take("models.security.alert.Alert")
    status = take("models.security.alert_status.AlertStatus")
    comment = take("models.security.alert_comment.AlertComment")

    async def talk(graph: Any) -> None:
        alert = graph.security.alerts_v2.by_alert_id("da4")
        answer = await alert.patch(change(assigned_to="sdk", status=status.InProgress))
        await alert.comments.post([comment(comment="Looked at")])
        read = await alert.get()
        assert (answer.assigned_to, answer.title) == ("sdk", "Alert 4")
        assert (read.assigned_to, read.status) == ("sdk", status.InProgress)
        assert [each.comment for each in read.comments] == ["Looked at"]

    speak(portal, talk)


@pytest.mark.parametrize("name", [THEIRS, "no-such-alert"])
def test_another_tenants_alert_reads_like_none(portal: Portal, name: str) -> None:
    async def talk(graph: Any) -> None:
        assert (await refusal(graph.security.alerts_v2.by_alert_id(name).get()))[0] == 404

    speak(portal, talk)


def test_incidents_come_with_their_alerts_where_asked(portal: Portal) -> None:
    builder = take("security.incidents.incidents_request_builder.IncidentsRequestBuilder")

    async def talk(graph: Any) -> None:
        options = asking(of=builder.IncidentsRequestBuilderGetQueryParameters, expand=["alerts"])
        expanded, plain = await graph.security.incidents.get(options), await graph.security.incidents.get()
        assert {each.id: len(each.alerts) for each in expanded.value} == {"101": 2, "102": 2, "103": 1}
        assert not any(each.alerts for each in plain.value)

    speak(portal, talk)


def test_tenant_and_its_people_are_read(portal: Portal) -> None:
    builder = take("users.users_request_builder.UsersRequestBuilder")

    async def talk(graph: Any) -> None:
        (tenant,) = (await graph.organization.get()).value
        assert (tenant.id, tenant.display_name) == (CUSTOMER, "Delta Mills")
        assert CUSTOMER_DOMAIN in {each.name for each in tenant.verified_domains}
        name = f"userPrincipalName eq '{ADA.email}'"
        options = asking(of=builder.UsersRequestBuilderGetQueryParameters, filter=name)
        assert [each.display_name for each in (await graph.users.get(options)).value] == ["Ada Molenaar"]
        find = graph.tenant_relationships.find_tenant_information_by_domain_name_with_domain_name
        assert (await find(OTHER_DOMAIN).get()).tenant_id == OTHER
        assert (await refusal(find("no.such.example").get()))[0] == 404

    speak(portal, talk)


def test_guest_is_invited(portal: Portal) -> None:
    invitation = take("models.invitation.Invitation")

    async def talk(graph: Any) -> None:
        wish = invitation(
            invited_user_email_address=f"new@{OTHER_DOMAIN}", invite_redirect_url=f"{portal.base}/"
        )
        made = await graph.invitations.post(wish)
        assert (made.status, bool(made.invite_redeem_url)) == ("PendingAcceptance", True)
        assert made.invited_user.id

    speak(portal, talk)


def test_package_is_put_on_offer_to_a_connected_organization(portal: Portal) -> None:
    source = take("models.azure_active_directory_tenant.AzureActiveDirectoryTenant")
    organization = take("models.connected_organization.ConnectedOrganization")
    catalog = take("models.access_package_catalog.AccessPackageCatalog")
    package = take("models.access_package.AccessPackage")
    policy = take("models.access_package_assignment_policy.AccessPackageAssignmentPolicy")
    target = take("models.allowed_target_scope.AllowedTargetScope")

    async def talk(graph: Any) -> None:
        offers = graph.identity_governance.entitlement_management
        other = source(odata_type="#microsoft.graph.azureActiveDirectoryTenant", tenant_id=OTHER)
        joined = await offers.connected_organizations.post(organization(identity_sources=[other]))
        place = await offers.catalogs.post(catalog(display_name="From the library"))
        made = await offers.access_packages.post(
            package(display_name="From the library", catalog=catalog(id=place.id))
        )
        scope = target.SpecificConnectedOrganizationUsers
        ruled = await offers.assignment_policies.post(
            policy(display_name="Ours", allowed_target_scope=scope, access_package=package(id=made.id))
        )
        assert ruled.allowed_target_scope == scope
        assert made.id in [each.id for each in (await offers.access_packages.get()).value]
        one = offers.connected_organizations.by_connected_organization_id(joined.id)
        assert (await one.get()).identity_sources[0].tenant_id == OTHER
        await one.delete()
        assert (await refusal(one.get()))[0] == 404

    speak(portal, talk)
