"""Several calls in one, as the SDK builds and reads them."""

import pytest
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError

from tests.sdk.conftest import Graph, Run

AGENTS = "/onPremisesPublishingProfiles/provisioning/agents"


def test_items_are_answered_each_by_itself(run: Run) -> None:
    async def script(graph: Graph) -> None:
        requests = [
            {"id": "1", "method": "GET", "url": AGENTS},
            {"id": "2", "method": "GET", "url": "users/nobody"},
            {
                "id": "3",
                "method": "GET",
                "url": "/users/$count",
                "headers": {"ConsistencyLevel": "eventual"},
                "dependsOn": ["2"],
            },
        ]
        answer = await graph.raw(Method.POST, "/$batch", {"requests": requests})
        found = {item["id"]: item for item in answer["responses"]}
        assert {name: item["status"] for name, item in found.items()} == {"1": 200, "2": 404, "3": 424}
        assert len(found["1"]["body"]["value"]) == 2
        assert found["2"]["body"]["error"]["code"] == "Request_ResourceNotFound"

    run(script)


def test_a_batch_that_breaks_the_rules_is_refused_whole(run: Run) -> None:
    async def script(graph: Graph) -> None:
        requests = [{"id": str(number), "method": "GET", "url": AGENTS} for number in range(21)]
        with pytest.raises(ODataError) as refused:
            await graph.raw(Method.POST, "/$batch", {"requests": requests})
        assert refused.value.response_status_code == 400

    run(script)


def test_the_absolute_addresses_that_the_sdk_builds_fail_as_they_do_at_the_service(run: Run) -> None:
    pytest.importorskip("deprecated", reason="the SDK's batch needs a package that it does not install")
    from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
    from msgraph_core.requests.batch_request_content import BatchRequestContent
    from msgraph_core.requests.batch_request_item import BatchRequestItem

    async def script(graph: Graph) -> None:
        async def status(url: str) -> object:
            request = RequestInformation()
            request.http_method = Method.GET
            request.url = f"{graph.adapter.base_url}{AGENTS}"
            item = BatchRequestItem(request_information=request, id="1")
            item.url = url or item.url
            content = BatchRequestContent({item.id: item})
            answer = await BatchRequestBuilder(graph.adapter, {"XXX": ODataError}).post(content)
            return answer.get_response_status_codes()["1"]

        assert await status("") == 400
        assert await status(AGENTS) == 200

    run(script)
