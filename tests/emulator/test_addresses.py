"""An address can be written in many ways and means one thing."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.emulator.addresses import segments_of
from reconciler.emulator.context import Operation
from reconciler.emulator.errors import GraphError
from reconciler.emulator.routes import Routes
from tests.emulator.conftest import PROVISIONING, Tenant


@pytest.mark.parametrize(
    "spelling",
    [
        "/beta/onPremisesPublishingProfiles/provisioning/agents/{}",
        "/beta/onPremisesPublishingProfiles/provisioning/agents/{}/",
        "/beta/onPremisesPublishingProfiles('provisioning')/agents('{}')",
        "/beta/onPremisesPublishingProfiles(%27provisioning%27)/agents/{}",
        "/beta/onPremisesPublishingProfiles%28%27provisioning%27%29/agents({})/",
        "/beta/onpremisespublishingprofiles/PROVISIONING/AGENTS/{}",
        "/beta/onPremisesPublishingProfiles/provisioning//agents/{}",
    ],
)
def test_an_agent_is_found_by_every_spelling(tenant: Tenant, spelling: str) -> None:
    agent = tenant.agent("ams-1")
    assert tenant.get(spelling.format(agent)).body["id"] == agent
    assert tenant.get(spelling.format(agent.upper())).body["id"] == agent


@pytest.mark.parametrize("dollar", ["$", "%24"])
def test_a_dollar_can_be_encoded(tenant: Tenant, dollar: str) -> None:
    assert tenant.get(f"{PROVISIONING}/agents/{dollar}count").raw == b"3"
    assert tenant.get(f"{PROVISIONING}/agents?{dollar}top=1").body["@odata.nextLink"]
    assert tenant.post(f"/beta/{dollar}batch", {"requests": []}).body == {"responses": []}


@pytest.mark.parametrize("version", ["beta", "v1.0", "BETA", "V1.0"])
def test_both_versions_have_the_same_directory(tenant: Tenant, version: str) -> None:
    assert [user["displayName"] for user in tenant.get(f"/{version}/users").value] == ["Ada", "Grace", "Alan"]


@pytest.mark.parametrize(
    "path",
    ["/", "/beta", "/beta/", "/v2.0/users", "/beta/nonsense", "/beta/users/x/nonsense", "/beta/users/" + "x/" * 99],
)
def test_an_address_that_is_none_is_400(tenant: Tenant, path: str) -> None:
    got = tenant.get(path)
    assert (got.status, got.code) == (400, "BadRequest")


def test_an_alternate_key_that_a_resource_has_not_is_400(tenant: Tenant) -> None:
    assert tenant.get("/beta/users(appId='x')").status == 400
    assert tenant.get(f"{PROVISIONING}/agents(machineName='ams-1')").status == 400


async def _nothing(context: object, call: object) -> object:
    raise AssertionError("never called")


ROUTES = Routes(
    [
        Operation("GET", "/jobs/{job}/schema/functions", _nothing, "", ""),  # type: ignore[arg-type]
        Operation("GET", "/jobs/$count", _nothing, "", ""),  # type: ignore[arg-type]
        Operation("GET", "/jobs/{job}", _nothing, "", ""),  # type: ignore[arg-type]
    ]
)


def test_a_function_can_be_called_with_empty_parentheses() -> None:
    plain = ROUTES.match("GET", segments_of("/jobs/J/schema/functions"), "beta")
    assert ROUTES.match("GET", segments_of("/jobs/J/schema/functions()"), "beta") == plain
    assert ROUTES.match("GET", segments_of("/jobs/J/schema/functions%28%29"), "beta") == plain


@given(st.text(min_size=1).filter(lambda text: not text.startswith("$") and text < "\ud800"))
def test_a_key_arrives_as_it_was_before_it_was_encoded(key: str) -> None:
    from urllib.parse import quote

    match = ROUTES.match("GET", segments_of(f"/jobs/{quote(key, safe='')}"), "beta")
    assert match.keys["job"].value == key
    quoted = key.replace("'", "''")
    match = ROUTES.match("GET", segments_of(f"/jobs('{quote(quoted, safe='')}')"), "beta")
    assert (match.keys["job"].value, match.keys["job"].alternate) == (key, None)


@given(st.lists(st.text(max_size=5), max_size=60))
def test_no_path_makes_the_routes_fail(parts: list[str]) -> None:
    with suppress(GraphError):
        assert ROUTES.match("GET", segments_of("/".join(parts)), "beta").operation.method == "GET"
