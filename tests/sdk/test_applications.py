"""Applications, service principals, users, and paging, as the SDK's pages show."""

import pytest
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph_beta.generated.application_templates.application_templates_request_builder import (
    ApplicationTemplatesRequestBuilder as TemplatesBuilder,
)
from msgraph_beta.generated.application_templates.item.instantiate.instantiate_post_request_body import (
    InstantiatePostRequestBody,
)
from msgraph_beta.generated.models.application import Application
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.generated.models.service_principal import ServicePrincipal
from msgraph_beta.generated.service_principals.service_principals_request_builder import (
    ServicePrincipalsRequestBuilder as PrincipalsBuilder,
)
from msgraph_beta.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.tasks.page_iterator import PageIterator

from tests.sdk.conftest import Graph, Run


async def instantiate(graph: Graph, template: str, name: str) -> tuple[str, str]:
    """The object ids of a new application and its principal."""
    query = TemplatesBuilder.ApplicationTemplatesRequestBuilderGetQueryParameters(filter=f"displayName eq '{template}'")
    found = await graph.client.application_templates.get(RequestConfiguration(query_parameters=query))
    assert found is not None
    (only,) = found.value or []
    body = InstantiatePostRequestBody(display_name=name)
    made = await graph.client.application_templates.by_application_template_id(str(only.id)).instantiate.post(body)
    assert made is not None
    assert made.application is not None
    assert made.service_principal is not None
    return str(made.application.id), str(made.service_principal.id)


def test_an_application_comes_from_the_gallery_and_goes_with_its_principal(run: Run) -> None:
    async def script(graph: Graph) -> None:
        application, principal = await instantiate(graph, "On-premises ECMA app", "o'app from the gallery")
        item = graph.client.applications.by_application_id(application)
        await item.patch(Application(display_name="Renamed"))
        found = await item.get()
        assert found is not None
        assert found.display_name == "Renamed"
        by_app = await graph.client.service_principals_with_app_id(str(found.app_id)).get()
        assert by_app is not None
        assert by_app.id == principal
        await item.delete()
        with pytest.raises(ODataError):
            await graph.client.service_principals.by_service_principal_id(principal).get()

    run(script)


def test_a_principal_is_found_by_its_name_and_changed(run: Run) -> None:
    async def script(graph: Graph) -> None:
        query = PrincipalsBuilder.ServicePrincipalsRequestBuilderGetQueryParameters(
            filter="displayName eq 'CRM'", select=["id", "appId", "displayName"]
        )
        found = await graph.client.service_principals.get(RequestConfiguration(query_parameters=query))
        assert found is not None
        (principal,) = found.value or []
        item = graph.client.service_principals.by_service_principal_id(str(principal.id))
        await item.patch(ServicePrincipal(notes="kept by a test"))
        changed = await item.get()
        assert changed is not None
        assert changed.notes == "kept by a test"
        assigned = await item.app_role_assigned_to.get()
        assert assigned is not None
        assert [each.principal_display_name for each in assigned.value or []] == ["User 00"]

    run(script)


def test_pages_are_followed_to_the_end(run: Run) -> None:
    async def script(graph: Graph) -> None:
        query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(top=3, select=["displayName"])
        first = await graph.client.users.get(RequestConfiguration(query_parameters=query))
        assert first is not None
        assert (first.odata_next_link or "").startswith("http://127.0.0.1:")
        names: list[str] = []

        def collect(user: object) -> bool:
            names.append(user.display_name)
            return True

        await PageIterator(first, graph.adapter).iterate(collect)
        assert names == [f"User {number:02}" for number in range(7)]

    run(script)


def test_a_filter_that_is_not_understood_is_an_error(run: Run) -> None:
    async def script(graph: Graph) -> None:
        query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(filter="contains(displayName,'x')")
        with pytest.raises(ODataError) as refused:
            await graph.client.users.get(RequestConfiguration(query_parameters=query))
        assert refused.value.response_status_code == 400

    run(script)
