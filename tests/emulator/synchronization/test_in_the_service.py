"""Provisioning inside the whole service: seeded, in both versions, in batches, in the control reads, in the log."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.emulator.conftest import Tenant, Tenants
from tests.emulator.synchronization.documents import users

TOKEN = "geheim-as-can-be-1234"
MAPPING = {
    "targetAttributeName": "userName",
    "source": {"type": "Attribute", "name": "mail", "expression": "[mail]", "parameters": []},
    "matchingPriority": 1,
}
APPS = [
    {
        "displayName": f"CRM {number}",
        "template": "onPremisesScim",
        "jobs": [{"template": "onPremisesScim", "state": "Active", "mappings": [MAPPING]}],
        "secrets": [
            {"key": "BaseAddress", "value": "https://crm.example/scim"},
            {"key": "SecretToken", "value": TOKEN},
        ],
    }
    for number in range(3)
]


@pytest.fixture
def tenant(tenants: Tenants) -> Tenant:
    return tenants(apps=APPS)


def principals(tenant: Tenant) -> list[str]:
    return [str(found["id"]) for found in tenant.get("/v1.0/servicePrincipals?$select=id").value]


def jobs(tenant: Tenant) -> list[str]:
    """The addresses of all jobs, below the version."""
    roots = [f"/servicePrincipals/{principal}/synchronization/jobs" for principal in principals(tenant)]
    return [f"{root}/{job['id']}" for root in roots for job in tenant.get(f"/beta{root}").value]


def test_both_versions_serve_the_same_jobs_in_every_way_of_writing(tenant: Tenant) -> None:
    job = jobs(tenant)[0]
    principal, _, identifier = job.removeprefix("/servicePrincipals/").partition("/synchronization/jobs/")
    plain = tenant.get(f"/beta{job}").body
    quoted = f"/v1.0/servicePrincipals('{principal}')/synchronization/jobs('{identifier}')/"
    for address in (f"/v1.0{job}", quoted, quoted.replace("'", "%27")):
        got = tenant.get(address).body
        assert {**got, "@odata.context": ""} == {**plain, "@odata.context": ""}


def test_schemas_of_many_apps_are_read_in_one_batch(tenant: Tenant) -> None:
    requests = [{"id": str(number), "method": "GET", "url": f"{job}/schema"} for number, job in enumerate(jobs(tenant))]
    answer = tenant.post("/beta/$batch", {"requests": requests}).body
    assert [item["status"] for item in answer["responses"]] == [200, 200, 200]
    for item in answer["responses"]:
        assert users(item["body"])["attributeMappings"] == [MAPPING]
        assert len(item["body"]["directories"]) == 2


def test_jobs_are_started_and_schemas_written_in_a_batch(tenant: Tenant) -> None:
    first, second, _ = jobs(tenant)
    schema: dict[str, Any] = tenant.get(f"/beta{second}/schema").body
    typed = {"Content-Type": "application/json"}
    requests = [
        {"id": "1", "method": "POST", "url": f"{first}/pause", "headers": typed, "body": {}},
        {"id": "2", "method": "PUT", "url": f"{second}/schema", "headers": typed, "body": schema},
        {"id": "3", "method": "POST", "url": f"{first}/restart", "headers": typed, "body": {}, "dependsOn": ["1"]},
    ]
    answer = tenant.post("/beta/$batch", {"requests": requests}).body
    assert {item["id"]: item["status"] for item in answer["responses"]} == {"1": 204, "2": 204, "3": 204}
    made = {found["job"]: found["initialCycles"] for found in tenant.get("/emulator/cycles").value}
    assert [made[job.rpartition("/")[2]] for job in jobs(tenant)] == [2, 2, 1]


def test_secrets_stand_in_no_answer_and_no_log(tenant: Tenant) -> None:
    address = f"/beta/servicePrincipals/{principals(tenant)[0]}/synchronization/secrets"
    answers = [
        tenant.get(address),
        tenant.call("PUT", address, {"value": [{"key": "SecretToken", "value": TOKEN}]}),
        tenant.call("PUT", address, {"value": [{"key": "secrettoken", "value": TOKEN}]}),
        tenant.call("PUT", address, {"value": {"SecretToken": TOKEN}}),
        tenant.call("PUT", address, raw=f'{{"value": [{{"key": "SecretToken", "value": "{TOKEN}"'.encode()),
        tenant.get(address),
        tenant.get("/emulator/calls"),
    ]
    assert [answer.status for answer in answers] == [200, 204, 400, 400, 400, 200, 200]
    assert not any(TOKEN.encode() in answer.raw for answer in answers)


def test_what_a_principal_has_goes_with_its_application(tenant: Tenant) -> None:
    job = jobs(tenant)[0]
    name = "CRM%200"
    (application,) = tenant.get(f"/beta/applications?$filter=displayName%20eq%20'{name}'").value
    assert tenant.delete(f"/beta/applications/{application['id']}").status == 204
    assert tenant.get(f"/beta{job}").status == 404
    assert len(tenant.get("/emulator/cycles").value) == 2


def test_a_new_application_offers_its_template_at_once(tenant: Tenant) -> None:
    (template,) = tenant.get("/beta/applicationTemplates?$filter=displayName%20eq%20'On-premises%20ECMA%20app'").value
    made = tenant.post(f"/beta/applicationTemplates/{template['id']}/instantiate", {"displayName": "New"}).body
    root = f"/beta/servicePrincipals/{made['servicePrincipal']['id']}/synchronization"
    (offered,) = tenant.get(f"{root}/templates").value
    created = tenant.post(f"{root}/jobs", {"templateId": offered["id"]})
    assert (created.status, offered["default"]) == (201, True)
    assert tenant.get(f"{root}/jobs/{created.body['id']}/schema").status == 200


def test_two_tenants_of_one_seed_are_equal(tenants: Tenants) -> None:
    one, other = tenants(apps=APPS), tenants(apps=APPS)
    assert jobs(one) == jobs(other)
    for job in jobs(one):
        assert one.get(f"/beta{job}/schema").raw == other.get(f"/beta{job}/schema").raw
        assert json.loads(one.get(f"/beta{job}").raw) == json.loads(other.get(f"/beta{job}").raw)
