"""What a seed says of provisioning stands there as if it had been made long ago."""

from typing import Any

import pytest

from reconciler.emulator.store import TRUTH, Document
from reconciler.emulator.synchronization.catalogue.kinds import AppKind
from reconciler.emulator.synchronization.sealing import seal_in
from reconciler.emulator.synchronization.seeding import SeedFault, Soil, plant_provisioning
from tests.emulator.synchronization.conftest import TENANT, Service
from tests.emulator.synchronization.documents import users

MAPPING = {
    "targetAttributeName": "userName",
    "source": {"type": "Attribute", "name": "mail", "expression": "[mail]", "parameters": []},
    "matchingPriority": 1,
    "flowType": "Always",
}


def planted(
    service: Service, *jobs: Document, kind: AppKind = AppKind.ON_PREMISES_SCIM, secrets: list[Document] | None = None
) -> str:
    """The address of provisioning at a principal whose seed has these jobs."""
    principal = service.principal(kind)
    truth = service.store.view(TRUTH)
    with service.store.transaction(service.clock.now().timestamp()) as writing:
        soil = Soil(TENANT, principal, kind, service.clock.now(), seal_in(writing, truth, service.ids))
        plant_provisioning(writing, truth, soil, list(jobs), secrets or [])
    return f"/servicePrincipals/{principal}/synchronization"


def only_job(service: Service, root: str) -> dict[str, Any]:
    (found,) = service.get(f"{root}/jobs").body["value"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", ["default", "onPremisesEcma"])
def test_a_template_is_named_by_its_id_or_as_the_default(service: Service, name: str) -> None:
    root = planted(service, {"template": name}, kind=AppKind.ON_PREMISES_ECMA)
    assert only_job(service, root)["templateId"] == "onPremisesEcma"
    assert only_job(service, root)["schedule"]["state"] == "Disabled"


@pytest.mark.parametrize(("name", "kind"), [("scim", AppKind.ON_PREMISES_SCIM), ("default", AppKind.AGENTS_ONLY)])
def test_a_template_that_is_not_offered_is_a_fault(service: Service, name: str, kind: AppKind) -> None:
    with pytest.raises(SeedFault, match=name):
        planted(service, {"template": name}, kind=kind)


def test_a_running_job_made_its_initial_cycle_long_ago(service: Service) -> None:
    secrets: list[Document] = [
        {"key": "BaseAddress", "value": "https://a.example"},
        {"key": "SecretToken", "value": "t"},
    ]
    root = planted(service, {"template": "default", "state": "Active"}, secrets=secrets)
    job = only_job(service, root)
    assert job["schedule"] == {"expiration": None, "interval": "PT40M", "state": "Active"}
    assert job["status"]["code"] == "Active"
    assert job["status"]["steadyStateFirstAchievedTime"] == "2026-11-23T12:01:00.0000000Z"
    assert service.cycles(f"{root}/jobs/{job['id']}") == 1
    assert [entry["value"] for entry in service.get(f"{root}/secrets").body["value"]] == ["https://a.example", "*"]


def test_a_paused_job_goes_on_without_a_new_cycle(service: Service) -> None:
    root = planted(
        service, {"template": "default", "state": "Paused"}, secrets=[{"key": "BaseAddress", "value": "https://a"}]
    )
    job = f"{root}/jobs/{only_job(service, root)['id']}"
    assert only_job(service, root)["status"]["code"] == "Paused"
    service.post(f"{job}/start")
    assert service.cycles(job) == 1


def test_a_quarantine_is_shown_as_the_seed_tells_it(service: Service) -> None:
    error = {"code": "HybridIdentityServiceNoAgentsAssigned", "message": "No agent.", "tenantActionable": True}
    quarantine = {
        "currentBegan": "2021-05-24T21:45:54.4981365Z",
        "nextAttempt": "2021-05-24T21:50:54.4981365Z",
        "reason": "EncounteredQuarantineException",
        "seriesBegan": "2021-05-24T21:45:54.4981365Z",
        "seriesCount": 3,
        "error": error,
    }
    execution = {
        "activityIdentifier": "c3173f7b-9e67-4759-828c-cb499967be57",
        "timeBegan": "2021-05-24T21:45:53.6330529Z",
    }
    status = {"code": "Quarantine", "quarantine": quarantine, "lastExecution": execution}
    setting = {"name": "AzureIngestionAttributeOptimization", "value": "False"}
    root = planted(service, {"template": "default", "state": "Active", "status": status, "settings": [setting]})
    job = only_job(service, root)
    assert job["status"]["code"] == "Quarantine"
    assert job["status"]["quarantine"]["error"] == error
    assert job["status"]["quarantine"]["seriesCount"] == 3
    assert job["status"]["quarantine"]["currentBegan"].startswith("2021-05-24T21:45:54.498136")
    assert job["status"]["lastExecution"]["state"] == "Failed"
    assert job["status"]["lastExecution"]["activityIdentifier"] == execution["activityIdentifier"]
    assert job["synchronizationJobSettings"] == [setting]


def test_mappings_and_scope_replace_those_of_the_mapping_of_users(service: Service) -> None:
    scope = {"groups": [{"name": "g", "clauses": [{"sourceOperandName": "department", "operatorName": "IS NOT NULL"}]}]}
    root = planted(service, {"template": "default", "mappings": [MAPPING], "scope": scope})
    schema = service.get(f"{root}/jobs/{only_job(service, root)['id']}/schema").body
    template = service.get(f"{root}/templates/onPremisesScim/schema").body
    assert users(schema)["attributeMappings"] == [MAPPING]
    assert users(schema)["scope"] == scope
    assert users(template)["scope"] is None
    groups = [rules["synchronizationRules"][0]["objectMappings"][0] for rules in (schema, template)]
    assert groups[0] == groups[1]


def test_a_whole_document_is_taken_as_it_is(service: Service) -> None:
    root = planted(service, {"template": "default"})
    whole = service.get(f"{root}/jobs/{only_job(service, root)['id']}/schema").body
    whole["odd"] = [1]
    other = planted(service, {"template": "default", "schema": whole, "id": "customappsso.0123.x"})
    schema = service.get(f"{other}/jobs/customappsso.0123.x/schema").body
    assert schema["odd"] == [1]
    assert schema["id"] == "customappsso.0123.x"


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ({"mappings": [{**MAPPING, "flowType": "always"}]}, "'always' was not found"),
        ({"mappings": [{**MAPPING, "matchingPriority": 0}]}, "no matching attribute"),
        ({"scope": {"groups": [{"clauses": [{"sourceOperandName": "Dept", "operatorName": "EQUALS"}]}]}}, "'Dept'"),
        ({"status": {"quarantine": {"currentBegan": "soon"}}}, "'soon' is no time"),
    ],
)
def test_what_the_service_would_not_hold_is_a_fault(service: Service, job: Document, message: str) -> None:
    with pytest.raises(SeedFault, match=message):
        planted(service, {"template": "default", **job})


def test_a_fault_in_a_secret_does_not_show_it(service: Service) -> None:
    with pytest.raises(SeedFault) as fault:
        planted(service, secrets=[{"key": "secrettoken", "value": "geheim"}])
    assert "geheim" not in str(fault.value)


def test_ids_follow_from_principal_and_template(service: Service) -> None:
    first, second = (planted(service, {"template": "default"}) for _ in range(2))
    assert only_job(service, first)["id"] != only_job(service, second)["id"]
    assert only_job(service, first)["id"].split(".")[:2] == ["onPremisesScim", TENANT.replace("-", "")]
