"""Jobs over their calls: created, started, paused, restarted, deleted, with the documented statuses and values."""

import pytest

from reconciler.emulator.synchronization.catalogue.kinds import AppKind
from tests.emulator.synchronization.conftest import TENANT, Service


def connect(service: Service, principal: str) -> None:
    credentials = [{"key": "BaseAddress", "value": "https://a.example/scim"}, {"key": "SecretToken", "value": "t"}]
    assert service.put(f"/servicePrincipals/{principal}/synchronization/secrets", {"value": credentials}).status == 204


def test_a_job_is_created_with_the_documented_values(service: Service) -> None:
    principal = service.principal()
    created = service.post(f"/servicePrincipals/{principal}/synchronization/jobs", {"templateId": "onPremisesScim"})
    template, tenant, unique = created.body["id"].split(".")
    assert created.status == 201
    assert (template, tenant, len(unique)) == ("onPremisesScim", TENANT.replace("-", ""), 36)
    assert created.body["schedule"] == {
        "expiration": None,
        "interval": "P10675199DT2H48M5.4775807S",
        "state": "Disabled",
    }
    assert created.body["status"]["code"] == "NotConfigured"
    assert created.body["status"]["steadyStateLastAchievedTime"] == "0001-01-01T00:00:00Z"


def test_a_job_has_the_schema_of_its_template(service: Service) -> None:
    principal = service.principal(AppKind.ON_PREMISES_ECMA)
    job = service.job(principal, "onPremisesEcma")
    template = service.get(f"/servicePrincipals/{principal}/synchronization/templates/onPremisesEcma/schema").body
    schema = service.get(f"{job}/schema").body
    assert schema["id"] == job.rpartition("/")[2]
    for member in ("directories", "synchronizationRules"):
        assert schema[member] == template[member]


@pytest.mark.parametrize("body", [{}, {"templateId": "scim"}, {"templateId": None}, {"templateId": ["onPremisesScim"]}])
def test_only_templates_of_the_application_make_jobs(service: Service, body: object) -> None:
    refused = service.post(f"/servicePrincipals/{service.principal()}/synchronization/jobs", body)
    assert (refused.status, refused.code) == (400, "RequestParameterInvalid")


def test_several_jobs_of_a_principal_are_listed_and_counted(service: Service) -> None:
    principal = service.principal(AppKind.AGENTS_ONLY)
    jobs = [service.job(principal, template) for template in ("agentUsers", "agentGroups", "agentUsers")]
    root = f"/servicePrincipals/{principal}/synchronization/jobs"
    listed = service.get(root + "/").body
    assert [f"{root}/{job['id']}" for job in listed["value"]] == jobs
    assert service.get(f"{root}/$count").body == 3
    chosen = service.get(f"{root}?$filter=templateId%20eq%20'agentUsers'&$select=id&$top=1&$count=true").body
    assert (chosen["@odata.count"], chosen["value"]) == (2, [{"id": jobs[0].rpartition("/")[2]}])
    assert "$skiptoken" in chosen["@odata.nextLink"]


def test_a_principal_is_known_by_its_app_id_too(service: Service) -> None:
    principal = service.principal()
    job = service.job(principal)
    by_app = job.replace(f"/servicePrincipals/{principal}", f"/servicePrincipals(appId='app-{principal}')")
    assert service.get(by_app).body == service.get(job).body
    assert service.post(f"{by_app}/start").status == 204


def test_a_job_is_found_at_its_own_principal_only(service: Service) -> None:
    job, other = service.job(service.principal()), service.principal()
    elsewhere = f"/servicePrincipals/{other}/synchronization/jobs/{job.rpartition('/')[2]}"
    for method, url in [("GET", elsewhere), ("POST", f"{elsewhere}/start"), ("DELETE", elsewhere), ("GET", f"{job}x")]:
        assert service.call(method, url).status == 404


def test_start_and_pause_move_the_schedule(service: Service) -> None:
    principal = service.principal()
    connect(service, principal)
    job = service.job(principal)
    assert service.get(job).body["status"]["code"] == "NotRun"
    assert service.post(f"{job}/start").status == 204
    assert service.get(job).body["schedule"] == {"expiration": None, "interval": "PT40M", "state": "Active"}
    assert service.get(job).body["status"]["code"] == "Active"
    assert service.post(f"{job}/pause").status == 204
    assert service.get(job).body["schedule"]["state"] == "Paused"
    assert service.get(job).body["status"]["code"] == "Paused"
    service.post(f"{job}/start")
    assert service.cycles(job) == 1


def test_a_start_without_credentials_is_answered_as_any_and_shows_in_the_status(service: Service) -> None:
    principal = service.principal()
    job = service.job(principal)
    assert service.post(f"{job}/start").status == 204
    status = service.get(job).body["status"]
    assert status["code"] == "Quarantine"
    assert status["quarantine"]["error"]["code"] == "SystemForCrossDomainIdentityManagementInvalidCredentials"
    connect(service, principal)
    assert service.get(job).body["status"]["code"] == "Quarantine"
    service.advance(301)
    assert service.get(job).body["status"]["code"] == "Active"


@pytest.mark.parametrize(
    ("body", "cycles"),
    [
        (None, 2),
        ({}, 2),
        ({"criteria": None}, 2),
        ({"criteria": {}}, 2),
        ({"criteria": {"resetScope": "Full"}}, 2),
        ({"criteria": {"resetScope": "Watermark, Escrows"}}, 2),
        ({"criteria": {"resetScope": "Watermark,QuarantineState"}}, 2),
        ({"criteria": {"resetScope": "Escrows"}}, 1),
        ({"criteria": {"resetScope": "None"}}, 1),
    ],
)
def test_a_restart_begins_anew_what_its_scope_names(service: Service, body: object, cycles: int) -> None:
    principal = service.principal()
    connect(service, principal)
    job = service.job(principal)
    service.post(f"{job}/start")
    assert service.post(f"{job}/restart", body).status == 204
    assert service.cycles(job) == cycles


@pytest.mark.parametrize("scope", ["full", "Full,", "Everything", ["Full"], 4])
def test_a_scope_that_is_none_is_refused(service: Service, scope: object) -> None:
    job = service.job(service.principal())
    assert service.post(f"{job}/restart", {"criteria": {"resetScope": scope}}).status == 400
    assert service.post(f"{job}/restart", {"criteria": [scope]}).status == 400


def test_settings_are_replaced_and_nothing_else_can_be(service: Service) -> None:
    job = service.job(service.principal())
    settings = [{"name": "QuarantineTooManyDeletesThreshold", "value": "500"}, {"name": "Other", "value": None}]
    assert service.patch(job, {"synchronizationJobSettings": settings}).status == 204
    assert service.get(job).body["synchronizationJobSettings"] == settings
    assert service.patch(job, {"@odata.type": "#microsoft.graph.synchronizationJob"}).status == 204
    assert service.get(job).body["synchronizationJobSettings"] == settings
    for body in (
        {"schedule": {"state": "Active"}},
        {"synchronizationJobSettings": {}},
        {"synchronizationJobSettings": [{"name": None, "value": "x"}]},
        {"synchronizationJobSettings": [{"name": "x", "value": 5}]},
    ):
        assert service.patch(job, body).status == 400


def test_a_deleted_job_is_gone_with_its_schema(service: Service) -> None:
    principal = service.principal()
    job = service.job(principal)
    assert service.delete(job).status == 204
    for url in (job, f"{job}/schema"):
        assert service.get(url).status == 404
    assert service.delete(job).status == 404
    assert service.get(f"/servicePrincipals/{principal}/synchronization/jobs").body["value"] == []


def test_a_job_is_not_found_while_its_creation_is_not_visible(service: Service) -> None:
    principal = service.principal()
    service.switch(visibility_seconds=20.0)
    job = service.job(principal)
    assert [service.get(job).status, service.post(f"{job}/start").status] == [404, 404]
    service.advance(20)
    assert [service.get(job).status, service.post(f"{job}/start").status] == [200, 204]
    assert service.get(job).body["schedule"]["state"] == "Disabled"
    service.advance(20)
    assert service.get(job).body["schedule"]["state"] == "Active"


def test_uploads_are_for_other_applications(service: Service) -> None:
    assert service.post(f"{service.job(service.principal())}/bulkUpload", {}).status == 400


def test_provisioning_as_a_whole_can_be_read_and_pinged(service: Service) -> None:
    principal = service.principal()
    connect(service, principal)
    job = service.job(principal)
    root = f"/servicePrincipals/{principal}/synchronization"
    whole = service.get(f"{root}?$expand=jobs($select=id),templates($select=id,default)").body
    assert whole["secrets"][1] == {"key": "SecretToken", "value": "*"}
    assert whole["jobs"] == [{"id": job.rpartition("/")[2]}]
    assert whole["templates"] == [{"id": "onPremisesScim", "default": True}]
    assert service.get(f"{root}/Ping()").status == 200


def test_templates_are_listed_counted_and_found(service: Service) -> None:
    root = f"/servicePrincipals/{service.principal(AppKind.AGENTS_ONLY)}/synchronization/templates"
    listed = service.get(root).body["value"]
    assert [(template["id"], template["default"]) for template in listed] == [
        ("agentUsers", False),
        ("agentGroups", False),
    ]
    assert service.get(f"{root}/$count").body == 2
    assert service.get(f"{root}/agentGroups").body["factoryTag"] == "agentGroups"
    assert service.get(f"{root}/scim").status == 404
    assert service.get(f"{root}/scim/schema").status == 404


def test_templates_and_grants_are_reached_by_the_application_too(service: Service) -> None:
    principal = service.principal()
    by_principal = f"/servicePrincipals/{principal}/synchronization"
    by_application = f"/applications/{service.application(principal)}/synchronization"
    for part in (
        "/templates",
        "/templates/onPremisesScim",
        "/templates/$count",
        "/templates/onPremisesScim/schema/functions()",
    ):
        assert service.get(by_application + part).body == service.get(by_principal + part).body
    assert service.post(f"{by_application}/acquireAccessToken", {"credentials": []}).status == 204
    assert service.get("/applications/nobody/synchronization/templates").status == 404


def test_a_principal_that_is_not_there_is_404_everywhere(service: Service) -> None:
    root = "/servicePrincipals/nobody/synchronization"
    for part in ("", "/jobs", "/templates", "/secrets", "/jobs/$count", "/Ping()"):
        assert service.get(root + part).status == 404
    assert service.put(f"{root}/secrets", {"value": []}).status == 404
    assert service.post(f"{root}/jobs", {"templateId": "scim"}).status == 404
