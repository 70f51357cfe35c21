"""Every supported operation answers, in process and over a socket, and stands on the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.emulator.app import create
from reconciler.emulator.context import Operation
from reconciler.emulator.reference import page
from tests.emulator.conftest import PROVISIONING, Tenant, Tenants, reference

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "emulator.md"
AGENT, OTHER, GROUP, EMPTY = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 5))
RESOURCE, UNASSIGNED, APPLICATION, PRINCIPAL = (
    f"00000000-0000-4000-8000-0000000000{number}" for number in range(10, 14)
)
USER, PEOPLE, CONNECTOR, OUTSIDER = (f"00000000-0000-4000-8000-0000000000{number}" for number in range(20, 24))

SEED = {
    "version": 1,
    "users": [{"id": USER, "displayName": "Ada"}, {"id": OUTSIDER, "displayName": "Alan"}],
    "groups": [{"id": PEOPLE, "displayName": "People", "members": ["Ada"]}],
    "agentGroups": [{"id": GROUP, "displayName": "HR"}, {"id": EMPTY, "displayName": "Empty"}],
    "agents": [
        {"id": AGENT, "connectorId": CONNECTOR, "machineName": "ams-1", "groups": ["HR"]},
        {"id": OTHER, "machineName": "ams-2"},
    ],
    "publishedResources": [
        {"id": RESOURCE, "resourceName": "hr-sql", "groups": ["HR"]},
        {"id": UNASSIGNED, "resourceName": "crm"},
    ],
    "apps": [
        {
            "displayName": "HR (SQL)",
            "template": "onPremisesEcma",
            "applicationId": APPLICATION,
            "servicePrincipalId": PRINCIPAL,
            "assigned": ["Ada"],
            "jobs": [{"id": "onPremisesEcma.job", "template": "default", "state": "Active"}],
            "secrets": [
                {"key": "BaseAddress", "value": "https://localhost:8585/ecma2host_HR/scim"},
                {"key": "SecretToken", "value": "a-long-secret-token"},
            ],
        }
    ],
}

REFUSED = {
    "POST /servicePrincipals/{principal}/synchronization/jobs/{job}/bulkUpload": 400,
    "PATCH /servicePrincipals/{principal}/synchronization/jobs/{job}/schema": 404,
}
"""Operations that stand in the table because the service refuses them in a way of its own."""

CREDENTIALS = {"value": [{"key": "BaseAddress", "value": "https://x"}, {"key": "SecretToken", "value": "a-long-token"}]}
ASSIGNMENT = {"principalId": OUTSIDER, "resourceId": PRINCIPAL, "appRoleId": "00000000-0000-0000-0000-000000000000"}
NEW_USER = {
    "displayName": "Grace",
    "userPrincipalName": "grace@contoso.com",
    "accountEnabled": True,
    "mailNickname": "grace",
    "passwordProfile": {"password": "x"},
}
REGISTRATION = {
    "connectorId": CONNECTOR,
    "machineName": "ams-1",
    "resourceUrl": "https://x",
    "version": "1.1",
    "externalIp": "203.0.113.1",
}

BODIES: dict[str, object] = {
    "PATCH /onPremisesPublishingProfiles/{profile}": {"hybridAgentUpdaterConfiguration": {}},
    "PATCH /onPremisesPublishingProfiles/{profile}/hybridAgentUpdaterConfiguration": {},
    "POST /onPremisesPublishingProfiles/{profile}/agents/{agent}/agentGroups/$ref": reference(EMPTY),
    "POST /onPremisesPublishingProfiles/{profile}/publishedResources/{resource}/agentGroups/$ref": reference(EMPTY),
    "POST /onPremisesPublishingProfiles/{profile}/agentGroups": {"displayName": "New"},
    "POST /onPremisesPublishingProfiles/{profile}/publishedResources": {"displayName": "New", "resourceName": "new"},
    "POST /applications": {"displayName": "New"},
    "POST /applicationTemplates/{template}/instantiate": {"displayName": "New"},
    "POST /servicePrincipals": {"appId": "APP"},
    "POST /servicePrincipals/{principal}/appRoleAssignedTo": ASSIGNMENT,
    "POST /servicePrincipals/{principal}/synchronization/jobs": {"templateId": "onPremisesEcma"},
    "POST /servicePrincipals/{principal}/synchronization/jobs/{job}/restart": {"criteria": {"resetScope": "Full"}},
    "POST /servicePrincipals/{principal}/synchronization/jobs/{job}/validateCredentials": {"useSavedCredentials": True},
    "POST /servicePrincipals/{principal}/synchronization/jobs/validateCredentials": {
        "templateId": "onPremisesEcma",
        "credentials": CREDENTIALS["value"],
    },
    "POST /servicePrincipals/{principal}/synchronization/acquireAccessToken": {"credentials": CREDENTIALS["value"]},
    "POST /applications/{application}/synchronization/acquireAccessToken": {"credentials": CREDENTIALS["value"]},
    "PATCH /servicePrincipals/{principal}/synchronization/jobs/{job}": {"synchronizationJobSettings": []},
    "PUT /servicePrincipals/{principal}/synchronization/secrets": CREDENTIALS,
    "POST /users": NEW_USER,
    "POST /groups": {"displayName": "New", "mailEnabled": False, "mailNickname": "new", "securityEnabled": True},
    "POST /groups/{group}/members/$ref": {"@odata.id": f"http://x/v1.0/users/{OUTSIDER}"},
    "POST /register": REGISTRATION,
    "POST /heartbeat": {"connectorId": CONNECTOR},
    "POST /clock": {"advance": 1},
    "POST /switches": {},
    "POST /tokens": {"profile": "app-only"},
    "POST /faults": {"rules": []},
    "POST /agents/{agent}": {"down": True},
    "POST /reset": {},
}

KEYS = {
    "profile": "provisioning",
    "agent": AGENT,
    "resource": RESOURCE,
    "application": APPLICATION,
    "servicePrincipal": PRINCIPAL,
    "principal": PRINCIPAL,
    "job": "onPremisesEcma.job",
    "user": USER,
    "member": USER,
}


def operations() -> tuple[Operation, ...]:
    emulator = create()
    emulator.close()
    return emulator.operations


def name(operation: Operation) -> str:
    return f"{operation.method} {operation.template}"


def address(tenant: Tenant, operation: Operation) -> str:
    """The operation's address with keys that exist."""
    template = operation.template
    keys = dict(KEYS)
    people = template.startswith("/groups")
    alone = operation.method == "DELETE" and template.endswith("agentGroups/{group}")
    keys["group"] = PEOPLE if people else EMPTY if alone else GROUP
    if operation.method == "POST" and template.endswith("$ref"):
        keys |= {"resource": UNASSIGNED, "agent": OTHER}
    sync = f"/beta/servicePrincipals/{PRINCIPAL}/synchronization"
    if "{template}" in template:
        gallery = template.startswith("/applicationTemplates")
        source = "/beta/applicationTemplates" if gallery else f"{sync}/templates"
        keys["template"] = tenant.get(source).value[0]["id"]
    if "{directory}" in template:
        directories = tenant.get(f"{sync}/jobs/onPremisesEcma.job/schema").body["directories"]
        keys["directory"] = next(each["id"] for each in directories if each["name"] == "ScimOnPremises")
    if "{audit}" in template:
        tenant.group("Audited")
        keys["audit"] = tenant.get("/beta/auditLogs/directoryAudits").value[0]["id"]
    if "{assignment}" in template:
        keys["assignment"] = tenant.get(f"/beta/servicePrincipals/{PRINCIPAL}/appRoleAssignedTo").value[0]["id"]
    return f"/{operation.versions[0]}{template}".format(
        **{key: value.replace(" ", "%20") for key, value in keys.items()}
    )


def body(tenant: Tenant, operation: Operation) -> object:
    if name(operation) == "POST /servicePrincipals":
        return {"appId": tenant.post("/beta/applications", {"displayName": "Alone"}).body["appId"]}
    if operation.template.endswith("/schema") and operation.method in ("PUT", "PATCH"):
        return tenant.get(f"/beta/servicePrincipals/{PRINCIPAL}/synchronization/jobs/onPremisesEcma.job/schema").body
    if operation.method == "PATCH" and name(operation) not in BODIES:
        return {"displayName": "New"}
    return BODIES.get(name(operation))


@pytest.mark.parametrize("operation", operations(), ids=name)
def test_every_operation_answers(tenants: Tenants, operation: Operation) -> None:
    tenant = tenants(seed=SEED)
    target = address(tenant, operation)
    got = tenant.call(operation.method, target, body(tenant, operation), consistencylevel="eventual")
    expected = REFUSED.get(name(operation))
    assert got.status == expected if expected else got.status in (200, 201, 204), got.raw[:500]


def test_the_page_is_what_the_tables_say(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--regenerate"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()


def test_no_operation_is_in_the_table_twice() -> None:
    named = [
        (operation.method, operation.template, version) for operation in operations() for version in operation.versions
    ]
    assert len(named) == len(set(named))


def test_the_profile_is_one_call_away(tenants: Tenants) -> None:
    assert tenants(seed=SEED).get(f"{PROVISIONING}?$expand=agents").body["agents"][0]["id"] == AGENT
