"""Whatever is sent, the answer is an error of the service: never a traceback, never a 500."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulator.conftest import PROVISIONING, Tenant

GROUPS = f"{PROVISIONING}/agentGroups"

JUNK = [
    b"{",
    b"",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    b'{"displayName": NaN}',
    b'{"displayName": 1e999}',
    b'{"displayName": ' + b"9" * 5_000 + b"}",
    b'{"displayName": "\\ud800"}',
    b'{"displayName": "' + b"x" * 5_000 + b'"}',
    b"\xef\xbb\xbf{}",
    b'"text"',
    b"null",
]


@pytest.mark.parametrize("raw", JUNK, ids=range(len(JUNK)))
@pytest.mark.parametrize(
    "address",
    [
        GROUPS,
        "/beta/$batch",
        "/beta/applications",
        "/beta/users",
        "/his/register",
        "/emulator/faults",
        "/emulator/clock",
    ],
)
def test_junk_is_400(tenant: Tenant, address: str, raw: bytes) -> None:
    got = tenant.call("POST", address, raw=raw, content_type="application/json")
    assert got.status == 400
    assert got.body["error"]["message"]


def test_a_body_of_another_type_is_415(tenant: Tenant) -> None:
    assert (
        tenant.call("POST", GROUPS, raw=b"displayName=x", content_type="application/x-www-form-urlencoded").status
        == 415
    )


def test_a_body_over_the_limit_is_413(tenant: Tenant) -> None:
    assert tenant.call("POST", GROUPS, raw=b" " * (4 * 1024 * 1024 + 1), content_type="application/json").status == 413


def test_deep_json_within_a_batch_is_refused_as_elsewhere(tenant: Tenant) -> None:
    deep: object = "x"
    for _ in range(150):
        deep = [deep]
    body = {
        "requests": [
            {
                "id": "1",
                "method": "POST",
                "url": "/users",
                "headers": {"Content-Type": "application/json"},
                "body": deep,
            }
        ]
    }
    assert tenant.post("/beta/$batch", body).status == 400


def test_an_unknown_option_is_refused_before_a_write_is_done(tenant: Tenant) -> None:
    assert tenant.post(f"{GROUPS}?$nonsense=1", {"displayName": "x"}).status == 400
    assert tenant.post(f"{GROUPS}?$filter=id%20eq%20'x'", {"displayName": "x"}).status == 400
    assert len(tenant.get(GROUPS).value) == 1


def test_a_long_client_request_id_is_not_echoed(tenant: Tenant) -> None:
    assert len(tenant.get("/beta/users", client_request_id="x" * 500).headers["client-request-id"]) == 36


@pytest.mark.parametrize(
    "token", ["Bearer", "Bearer a.b", "Bearer a.!!.c", "Bearer a.W1tb.c", "Basic x", "Bearer " + "." * 99_999]
)
def test_any_token_or_junk_is_let_in(tenant: Tenant, token: str) -> None:
    assert tenant.get(f"{PROVISIONING}/agents", authorization=token).status == 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=12), children, max_size=4),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        "displayName",
        "resourceName",
        "@odata.id",
        "requests",
        "updateWindow",
        "appId",
        "principalId",
        "tags",
        "id",
        "rules",
    ]
)
BODIES = st.dictionaries(NAMES, JSON, max_size=4) | JSON
WRITES = [
    ("POST", GROUPS),
    ("POST", f"{PROVISIONING}/publishedResources"),
    ("PATCH", f"{PROVISIONING}/hybridAgentUpdaterConfiguration"),
    ("PATCH", PROVISIONING),
    ("POST", "/beta/$batch"),
    ("POST", "/beta/applications"),
    ("POST", "/beta/servicePrincipals"),
    ("POST", "/beta/users"),
    ("POST", "/beta/groups"),
    ("POST", "/his/register"),
    ("POST", "/his/heartbeat"),
    ("POST", "/emulator/faults"),
    ("POST", "/emulator/switches"),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(WRITES), BODIES)
def test_no_body_makes_the_service_fail(tenant: Tenant, write: tuple[str, str], body: object) -> None:
    method, address = write
    got = tenant.call(method, address, raw=json.dumps(body).encode(), content_type="application/json")
    assert got.status in (200, 201, 204, 400, 404, 409)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text(alphabet=st.characters(max_codepoint=127), max_size=60),
    st.text(alphabet=st.characters(max_codepoint=127), max_size=60),
)
def test_no_address_makes_the_service_fail(tenant: Tenant, path: str, query: str) -> None:
    from urllib.parse import quote

    anywhere = quote(path, safe="/$'()")
    for target in (f"{PROVISIONING}/agents/{quote(path)}", f"{GROUPS}?$filter={quote(query)}", f"/beta/{anywhere}"):
        assert tenant.get(target).status in (200, 400, 404, 405)
