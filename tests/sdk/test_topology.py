"""Agents, agent groups and published resources, as the SDK's pages show."""

import datetime as dt

import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.method import Method
from msgraph_beta.generated.models.agent_status import AgentStatus
from msgraph_beta.generated.models.hybrid_agent_updater_configuration import HybridAgentUpdaterConfiguration
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.generated.models.on_premises_agent_group import OnPremisesAgentGroup
from msgraph_beta.generated.models.on_premises_publishing_profile import OnPremisesPublishingProfile
from msgraph_beta.generated.models.on_premises_publishing_type import OnPremisesPublishingType
from msgraph_beta.generated.models.published_resource import PublishedResource
from msgraph_beta.generated.models.reference_create import ReferenceCreate
from msgraph_beta.generated.models.update_window import UpdateWindow
from msgraph_beta.generated.on_premises_publishing_profiles.item.agents.agents_request_builder import (
    AgentsRequestBuilder,
)
from msgraph_beta.generated.on_premises_publishing_profiles.item.on_premises_publishing_profile_item_request_builder import (
    OnPremisesPublishingProfileItemRequestBuilder as ProfileBuilder,
)
from msgraph_beta.generated.on_premises_publishing_profiles.item.published_resources.item.published_resource_item_request_builder import (
    PublishedResourceItemRequestBuilder,
)

from tests.sdk.conftest import Graph, Run


def profile(graph: Graph) -> ProfileBuilder:
    return graph.client.on_premises_publishing_profiles.by_on_premises_publishing_profile_id("provisioning")


async def new_group(graph: Graph, name: str) -> str:
    created = await profile(graph).agent_groups.post(OnPremisesAgentGroup(display_name=name))
    assert created is not None
    return str(created.id)


def reference(group: str, host: str = "https://graph.microsoft.com/beta") -> ReferenceCreate:
    """What the pages print: an address on the public host, with a slash at its end."""
    return ReferenceCreate(odata_id=f"{host}/onPremisesPublishingProfiles/provisioning/agentGroups/{group}/")


def test_the_whole_topology_is_one_call(run: Run) -> None:
    async def script(graph: Graph) -> None:
        query = ProfileBuilder.OnPremisesPublishingProfileItemRequestBuilderGetQueryParameters(
            expand=["publishedResources", "agents", "agentGroups"]
        )
        found = await profile(graph).get(RequestConfiguration(query_parameters=query))
        assert found is not None
        assert {agent.machine_name: agent.status for agent in found.agents or []} == {
            "prov-1.contoso.local": AgentStatus.Active,
            "prov-2.contoso.local": AgentStatus.Inactive,
        }
        assert "HR" in [group.display_name for group in found.agent_groups or []]
        assert (found.published_resources or [])[0].resource_name == "hr-sql"

    run(script)


def test_agents_show_their_groups_and_address(run: Run) -> None:
    async def script(graph: Graph) -> None:
        query = AgentsRequestBuilder.AgentsRequestBuilderGetQueryParameters(
            expand=["agentGroups"], filter="machineName eq 'prov-1.contoso.local'"
        )
        found = await profile(graph).agents.get(RequestConfiguration(query_parameters=query))
        assert found is not None
        (agent,) = found.value or []
        assert agent.external_ip == "203.0.113.10"
        assert OnPremisesPublishingType.Provisioning in (agent.supported_publishing_types or [])
        assert [group.display_name for group in agent.agent_groups or []] == ["HR"]
        assert await profile(graph).agents.count.get() == 2

    run(script)


def test_a_group_is_created_renamed_and_deleted(run: Run) -> None:
    async def script(graph: Graph) -> None:
        identifier = await new_group(graph, "New Group")
        item = profile(graph).agent_groups.by_on_premises_agent_group_id(identifier)
        created = await item.get()
        assert created is not None
        assert (created.is_default, created.publishing_type) == (False, OnPremisesPublishingType.Provisioning)
        await item.patch(OnPremisesAgentGroup(display_name="Group New Name"))
        renamed = await item.get()
        assert renamed is not None
        assert renamed.display_name == "Group New Name"
        await item.delete()
        with pytest.raises(ODataError) as gone:
            await item.get()
        assert gone.value.response_status_code == 404
        assert gone.value.error is not None
        assert gone.value.error.code == "Request_ResourceNotFound"
        assert gone.value.error.inner_error is not None
        assert gone.value.error.inner_error.request_id

    run(script)


def test_an_agent_is_added_to_a_group_and_removed(run: Run) -> None:
    async def script(graph: Graph) -> None:
        group = await new_group(graph, "Members")
        listed = await profile(graph).agents.get()
        assert listed is not None
        agent = profile(graph).agents.by_on_premises_agent_id(str((listed.value or [])[0].id))
        await agent.agent_groups.ref.post(reference(group))
        members = await graph.raw(Method.GET, f"/onPremisesPublishingProfiles/provisioning/agentGroups/{group}/agents")
        assert [member["machineName"] for member in members["value"]] == ["prov-1.contoso.local"]
        await agent.agent_groups.by_on_premises_agent_group_id(group).ref.delete()
        members = await graph.raw(Method.GET, f"/onPremisesPublishingProfiles/provisioning/agentGroups/{group}/agents")
        assert members["value"] == []
        await profile(graph).agent_groups.by_on_premises_agent_group_id(group).delete()

    run(script)


def test_a_resource_is_published_assigned_and_unassigned(run: Run) -> None:
    async def script(graph: Graph) -> None:
        group = await new_group(graph, "For resources")
        body = PublishedResource(display_name="Demo", resource_name="demo.contoso.com")
        created = await profile(graph).published_resources.post(body)
        assert created is not None
        item = profile(graph).published_resources.by_published_resource_id(str(created.id))
        await item.patch(PublishedResource(display_name="Demo renamed"))
        await item.agent_groups.ref.post(reference(group, graph.adapter.base_url))
        query = PublishedResourceItemRequestBuilder.PublishedResourceItemRequestBuilderGetQueryParameters(
            expand=["agentGroups($expand=agents)"]
        )
        found = await item.get(RequestConfiguration(query_parameters=query))
        assert found is not None
        assert found.display_name == "Demo renamed"
        assert [(each.id, each.agents) for each in found.agent_groups or []] == [(group, [])]
        await item.agent_groups.by_on_premises_agent_group_id(group).ref.delete()
        await item.delete()
        await profile(graph).agent_groups.by_on_premises_agent_group_id(group).delete()

    run(script)


def test_the_default_group_stays(run: Run) -> None:
    async def script(graph: Graph) -> None:
        groups = await profile(graph).agent_groups.get()
        assert groups is not None
        default = next(group for group in groups.value or [] if group.is_default)
        with pytest.raises(ODataError) as refused:
            await profile(graph).agent_groups.by_on_premises_agent_group_id(str(default.id)).delete()
        assert refused.value.response_status_code in (400, 403)

    run(script)


def test_the_updater_is_configured_through_the_profile_and_by_itself(run: Run) -> None:
    async def script(graph: Graph) -> None:

        window = UpdateWindow(update_window_start_time=dt.time(1, 0), update_window_end_time=dt.time(5, 30))
        configuration = HybridAgentUpdaterConfiguration(allow_update_configuration_override=True, update_window=window)
        await profile(graph).patch(OnPremisesPublishingProfile(hybrid_agent_updater_configuration=configuration))
        path = "/onPremisesPublishingProfiles/provisioning/hybridAgentUpdaterConfiguration"
        partial = HybridAgentUpdaterConfiguration(allow_update_configuration_override=False)
        await graph.write(Method.PATCH, path, partial)
        found = await profile(graph).get()
        assert found is not None
        assert found.hybrid_agent_updater_configuration is not None
        kept = found.hybrid_agent_updater_configuration
        assert kept.allow_update_configuration_override is False
        assert kept.update_window is not None
        assert kept.update_window.update_window_end_time == dt.time(5, 30)

    run(script)
