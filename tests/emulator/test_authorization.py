"""With `auth` `required` a call is let in by what its token says, and refused as the service refuses it."""

from __future__ import annotations

import pytest

from reconciler.emulator.permissions import needs_of
from reconciler.emulator.table import OPERATIONS
from reconciler.emulator.tokens import jwt
from tests.emulator.conftest import BEGAN, PROVISIONING, Got, Tenant, Tenants

APP = "00000000-0000-4000-8000-00000000aaaa"
SEED = {
    "version": 1,
    "switches": {"auth": "required"},
    "agentGroups": [{"displayName": "HR", "id": "8832388f-0000-4000-8000-000000000001"}],
    "apps": [{"displayName": "CRM", "template": "onPremisesScim", "servicePrincipalId": APP, "applicationId": APP}],
}
GROUPS = f"{PROVISIONING}/agentGroups"
RESOURCES = f"{PROVISIONING}/publishedResources"
JOBS = f"/beta/servicePrincipals/{APP}/synchronization/jobs"
PRINCIPALS = "/beta/servicePrincipals"


@pytest.fixture
def guarded(tenants: Tenants) -> Tenant:
    return tenants(seed=SEED)


def token(tenant: Tenant, profile: str, **said: object) -> dict[str, str]:
    made = tenant.call("POST", "/emulator/tokens", {"profile": profile, **said})
    assert made.status == 200, made.body
    return {"authorization": f"Bearer {made.body['token']}"}


READS = (GROUPS, RESOURCES, PRINCIPALS, JOBS)


@pytest.mark.parametrize(
    ("profile", "reads", "writes"),
    [
        ("app-only", (403, 403, 200, 200), (403, 201)),
        ("delegated", (200, 200, 200, 200), (201, 201)),
        ("global-reader", (200, 200, 200, 403), (403, 403)),
        ("none", (403, 403, 403, 403), (403, 403)),
        ("expired", (401, 401, 401, 401), (401, 401)),
    ],
)
def test_each_kind_of_token_may_do_what_it_may(
    guarded: Tenant, profile: str, reads: tuple[int, ...], writes: tuple[int, ...]
) -> None:
    bearer = token(guarded, profile)
    assert tuple(guarded.call("GET", address, **bearer).status for address in READS) == reads
    group = guarded.call("POST", GROUPS, {"displayName": "Finance"}, **bearer)
    job = guarded.call("POST", JOBS, {"templateId": template(guarded)}, **bearer)
    assert (group.status, job.status) == writes


def template(tenant: Tenant) -> str:
    bearer = token(tenant, "delegated")
    return str(tenant.call("GET", JOBS.replace("jobs", "templates"), **bearer).value[0]["id"])


def refused(got: Got) -> tuple[int, str, str]:
    return got.status, got.code, got.message


def test_a_token_that_does_not_count_is_told_why(guarded: Tenant) -> None:
    code = "InvalidAuthenticationToken"
    nobody = guarded.call("GET", GROUPS)
    assert refused(nobody) == (401, code, "Access token is empty.")
    assert nobody.headers["www-authenticate"].startswith("Bearer ")
    for header, why in (
        ("Basic YTpi", "is empty"),
        ("Bearer opaque", "not well formed"),
        (f"Bearer {jwt({'tid': TENANT})}", "expired"),
        (f"Bearer {jwt({'tid': TENANT, 'exp': BEGAN.timestamp() - 1})}", "expired"),
        (f"Bearer {jwt({'tid': APP, 'exp': BEGAN.timestamp() + 60})}", "Invalid tenant"),
    ):
        got = guarded.call("GET", GROUPS, authorization=header)
        assert (got.status, got.code) == (401, code)
        assert why in got.message


TENANT = "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10"


def test_a_token_runs_out_by_the_emulators_clock(guarded: Tenant) -> None:
    bearer = token(guarded, "delegated")
    guarded.call("POST", "/emulator/clock", {"advance": 3599})
    assert guarded.call("GET", GROUPS, **bearer).status == 200
    guarded.call("POST", "/emulator/clock", {"advance": 2})
    assert guarded.call("GET", GROUPS, **bearer).status == 401


def test_a_batch_is_refused_whole_without_a_token_and_item_by_item_without_a_permission(guarded: Tenant) -> None:
    items = [{"id": "1", "method": "GET", "url": GROUPS[5:]}, {"id": "2", "method": "GET", "url": PRINCIPALS[5:]}]
    assert guarded.call("POST", "/beta/$batch", {"requests": items}).status == 401
    got = guarded.call("POST", "/beta/$batch", {"requests": items}, **token(guarded, "app-only"))
    assert {each["id"]: each["status"] for each in got.body["responses"]} == {"1": 403, "2": 200}


def test_one_permission_of_those_that_a_page_names_is_enough(guarded: Tenant) -> None:
    reader = token(guarded, "app-only", roles=["Synchronization.Read.All"])
    assert guarded.call("GET", JOBS, **reader).status == 200
    assert refused(guarded.call("POST", JOBS, {"templateId": "x"}, **reader))[:2] == (
        403,
        "Authorization_RequestDenied",
    )
    owner = token(guarded, "app-only", roles=["Application.ReadWrite.OwnedBy"])
    assert guarded.call("POST", JOBS, {"templateId": template(guarded)}, **owner).status == 201
    hybrid = token(guarded, "delegated", scopes=["Policy.Read.HybridAuthentication"])
    assert guarded.call("GET", GROUPS, **hybrid).status == 200
    assert guarded.call("GET", RESOURCES, **hybrid).status == 403


def test_a_user_needs_a_role_besides_the_permission(guarded: Tenant) -> None:
    assert guarded.call("GET", JOBS, **token(guarded, "delegated", wids=[])).status == 403
    assert guarded.call("GET", PRINCIPALS, **token(guarded, "delegated", wids=[])).status == 200


def test_a_missing_permission_can_show_as_an_unknown_error(guarded: Tenant) -> None:
    guarded.call("POST", "/emulator/switches", {"missingPermission": "unknownError"})
    bearer = token(guarded, "none")
    assert refused(guarded.call("GET", JOBS, **bearer)) == (401, "UnknownError", "")
    assert guarded.call("GET", PRINCIPALS, **bearer).status == 403


def test_an_application_may_touch_the_topology_where_that_is_switched(guarded: Tenant) -> None:
    guarded.call("POST", "/emulator/switches", {"appOnlyTopology": "allowed"})
    assert guarded.call("GET", GROUPS, **token(guarded, "app-only")).status == 403
    bearer = token(guarded, "app-only", roles=["Directory.ReadWrite.All"])
    assert guarded.call("GET", GROUPS, **bearer).status == 200


def test_without_the_switch_nobody_is_asked(tenant: Tenant) -> None:
    assert tenant.call("GET", GROUPS).status == 200
    assert tenant.call("GET", PRINCIPALS, **token(tenant, "expired")).status == 200


def test_what_needs_no_permission_needs_a_token_all_the_same(guarded: Tenant) -> None:
    assert guarded.call("GET", "/beta/applicationTemplates", **token(guarded, "none")).status == 200
    assert guarded.call("GET", "/beta/applicationTemplates").status == 401


def test_every_call_of_graph_has_a_line_in_the_table() -> None:
    graph = [each for each in OPERATIONS if "beta" in each.versions]
    unguarded = {each.template.partition("/{")[0] for each in graph if needs_of(each).is_open}
    assert unguarded == {"/applicationTemplates", "/applicationTemplates/$count"}


@pytest.mark.parametrize("body", [{}, {"profile": "king"}, {"profile": "none", "roles": "all"}])
def test_a_token_of_no_profile_is_refused(guarded: Tenant, body: object) -> None:
    assert guarded.call("POST", "/emulator/tokens", body).status == 400
