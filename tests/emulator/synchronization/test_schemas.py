"""The schema of a job over its calls: replaced whole, under a new version, with the job going over everybody again."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.emulator.store import TRUTH, Kind
from reconciler.emulator.switches import NoopSchemaPut
from reconciler.emulator.synchronization.catalogue.kinds import AppKind
from tests.emulator.synchronization.conftest import Service
from tests.emulator.synchronization.documents import users


def schema_of(service: Service, job: str) -> dict[str, Any]:
    found: dict[str, Any] = service.get(f"{job}/schema").body
    return found


def bare(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in ("version", "@odata.context")}


@pytest.fixture
def job(service: Service) -> str:
    """A job that runs."""
    principal = service.principal()
    credentials = [{"key": "BaseAddress", "value": "https://a.example/scim"}]
    service.put(f"/servicePrincipals/{principal}/synchronization/secrets", {"value": credentials})
    address = service.job(principal)
    service.post(f"{address}/start")
    return address


def test_what_was_put_is_read_but_for_a_new_version(service: Service, job: str) -> None:
    before = schema_of(service, job)
    sent = copy.deepcopy(before)
    users(sent)["attributeMappings"] = users(sent)["attributeMappings"][:3]
    users(sent)["unknown"] = {"kept": [None, 1.5, "é"]}
    assert service.put(f"{job}/schema", sent).status == 204
    after = schema_of(service, job)
    assert bare(after) == bare(sent)
    assert after["version"] != before["version"]


def test_a_put_replaces_the_whole(service: Service, job: str) -> None:
    sent = schema_of(service, job)
    sent["extra"] = 1
    service.put(f"{job}/schema", sent)
    del sent["extra"], sent["synchronizationRules"][0]["objectMappings"][0]
    service.put(f"{job}/schema", sent)
    after = schema_of(service, job)
    assert "extra" not in after
    assert len(after["synchronizationRules"][0]["objectMappings"]) == 2


def test_each_write_of_a_running_job_begins_an_initial_cycle(service: Service, job: str) -> None:
    sent = schema_of(service, job)
    service.advance(3600)
    for expected in (2, 3):
        assert service.put(f"{job}/schema", sent).status == 204
        assert service.cycles(job) == expected
    status = service.get(job).body["status"]
    assert status["lastExecution"]["timeBegan"] == "2026-11-24T13:00:00.0000000Z"
    assert status["steadyStateFirstAchievedTime"] == "0001-01-01T00:00:00Z"
    assert service.delete(f"{job}/schema").status == 204
    assert service.cycles(job) == 4


def test_a_write_that_changes_nothing_is_ignored_where_the_switch_says_so(service: Service, job: str) -> None:
    service.switch(noop_schema_put=NoopSchemaPut.IGNORED)
    before = schema_of(service, job)
    assert service.put(f"{job}/schema", before).status == 204
    assert (schema_of(service, job), service.cycles(job)) == (before, 1)
    users(before)["attributeMappings"].pop()
    service.put(f"{job}/schema", before)
    assert service.cycles(job) == 2


def test_a_write_while_a_job_rests_is_done_when_it_starts(service: Service, job: str) -> None:
    service.post(f"{job}/pause")
    service.put(f"{job}/schema", schema_of(service, job))
    assert service.cycles(job) == 1
    service.post(f"{job}/start")
    assert service.cycles(job) == 2


def test_a_refused_write_changes_nothing(service: Service, job: str) -> None:
    before = schema_of(service, job)
    sent = copy.deepcopy(before)
    users(sent)["attributeMappings"][0]["flowBehavior"] = "flowWhenChanged"
    refused = service.put(f"{job}/schema", sent)
    assert (refused.status, refused.code) == (400, "RequestParameterInvalid")
    assert refused.message == "schema : Requested value 'flowWhenChanged' was not found."
    assert (schema_of(service, job), service.cycles(job)) == (before, 1)


def test_a_client_that_drops_flags_gets_the_default_and_not_what_was(service: Service, job: str) -> None:
    sent = schema_of(service, job)
    users(sent)["flowTypes"] = "Add"
    service.put(f"{job}/schema", sent)
    del users(sent)["flowTypes"]
    service.put(f"{job}/schema", sent)
    assert users(schema_of(service, job))["flowTypes"] == "Add, Update, Delete"


def test_a_reset_brings_the_template_back(service: Service, job: str) -> None:
    first = schema_of(service, job)
    sent = copy.deepcopy(first)
    users(sent)["attributeMappings"].pop()
    sent["directories"][1]["objects"][0]["attributes"].pop()
    service.put(f"{job}/schema", sent)
    assert service.delete(f"{job}/schema").status == 204
    assert bare(schema_of(service, job)) == bare(first)


def test_a_patch_is_not_found(service: Service, job: str) -> None:
    assert service.patch(f"{job}/schema", {"synchronizationRules": []}).status == 404


def test_a_schema_can_be_selected_from(service: Service, job: str) -> None:
    chosen = service.get(f"{job}/schema?$select=version").body
    assert set(chosen) == {"@odata.context", "version"}
    assert bare(service.get(f"{job}/schema?$expand=directories").body) == bare(schema_of(service, job))
    service.put(f"{job}/schema", {"synchronizationRules": []})
    assert set(service.get(f"{job}/schema?$select=directories").body) == {"@odata.context"}
    for query in ("$filter=id eq 'x'", "$select=nope", "$expand=nope", "$top=1"):
        assert service.get(f"{job}/schema?{query}").status == 400


def test_directories_are_kept_once_for_all_jobs_that_share_them(service: Service) -> None:
    principal = service.principal()
    jobs = [service.job(principal) for _ in range(3)]
    for each in jobs:
        sent = schema_of(service, each)
        sent["directories"][1]["objects"][0]["attributes"].pop()
        assert service.put(f"{each}/schema", sent).status == 204
        assert bare(schema_of(service, each)) == bare(sent)
    texts = [len(row.text) for row in service.store.view(TRUTH).rows(Kind.SCHEMA)]
    assert sum(1 for size in texts if size > 100_000) == 1


def test_old_directories_are_read_while_a_write_is_not_visible(service: Service, job: str) -> None:
    before = schema_of(service, job)
    sent = copy.deepcopy(before)
    sent["directories"][1]["objects"][0]["attributes"].pop()
    service.switch(visibility_seconds=30.0)
    service.put(f"{job}/schema", sent)
    assert schema_of(service, job) == before
    service.advance(30)
    assert bare(schema_of(service, job)) == bare(sent)


def test_directories_are_listed_found_and_discovered(service: Service, job: str) -> None:
    before = schema_of(service, job)
    source, target = (directory["id"] for directory in before["directories"])
    listed = service.get(f"{job}/schema/directories?$select=id,name").body["value"]
    assert [directory["name"] for directory in listed] == ["Microsoft Entra ID", "ScimOnPremises"]
    assert service.get(f"{job}/schema/directories/{target}").body["version"] is None
    found = service.post(f"{job}/schema/directories/{target}/discover")
    assert (found.status, found.body["discoveryDateTime"]) == (200, "2026-11-24T12:00:00.0000000Z")
    after = schema_of(service, job)
    assert after["directories"][1]["version"] == found.body["version"]
    assert (after["version"] == before["version"], service.cycles(job)) == (False, 1)
    assert service.post(f"{job}/schema/directories/{source}/discover").status == 400
    assert service.post(f"{job}/schema/directories/nope/discover").status == 404


def test_functions_and_operators_are_listed_with_and_without_parentheses(service: Service, job: str) -> None:
    for part in ("functions", "filterOperators"):
        plain = service.get(f"{job}/schema/{part}").body
        assert plain == service.get(f"{job}/schema/{part}()").body
    template = job.partition("/jobs/")[0] + "/templates/onPremisesScim/schema"
    names = [operator["name"] for operator in service.get(f"{template}/filterOperators()").body["value"]]
    assert {"EQUALS", "NOT EQUALS", "IS NULL", "REGEX MATCH"} <= set(names)


def test_the_template_with_a_locked_rule_keeps_it(service: Service) -> None:
    principal = service.principal(AppKind.AGENTS_ONLY)
    address = service.job(principal, "agentGroups")
    sent = schema_of(service, address)
    assert [rule["editable"] for rule in sent["synchronizationRules"]] == [True, False]
    del sent["synchronizationRules"][1]
    refused = service.put(f"{address}/schema", sent)
    assert refused.status == 400
    assert "not editable" in refused.message


@pytest.mark.parametrize("body", [[], "x", 5, {"directories": 1}, {"synchronizationRules": [1]}])
def test_a_body_that_is_no_schema_is_refused(service: Service, job: str, body: object) -> None:
    assert service.put(f"{job}/schema", body).status == 400


@pytest.mark.parametrize(
    "expression",
    ['Join(",', "ToLower([mail]", "ToLower(mail])", "ToLower([mail))", 'Trim("a\\")', 'Join("(", "]", [a]))', ")("],
)
def test_an_expression_that_does_not_balance_refuses_the_whole_schema(
    service: Service, job: str, expression: str
) -> None:
    sent = schema_of(service, job)
    before = copy.deepcopy(sent)
    users(sent)["attributeMappings"][0]["source"] = {"type": "Function", "name": "F", "expression": expression}
    target = users(sent)["attributeMappings"][0]["targetAttributeName"]
    refused = service.put(f"{job}/schema", sent)
    assert (refused.status, refused.body["error"]["code"]) == (400, "RequestParameterInvalid")
    assert refused.message == f"schema : The expression of '{target}' cannot be parsed."
    assert schema_of(service, job) == before


def test_an_expression_within_a_function_must_balance_too(service: Service, job: str) -> None:
    sent = schema_of(service, job)
    inner = {"key": "source", "value": {"type": "Function", "name": "Trim", "expression": "Trim("}}
    users(sent)["attributeMappings"][0]["source"] = {"type": "Function", "name": "ToLower", "parameters": [inner]}
    assert service.put(f"{job}/schema", sent).status == 400


@pytest.mark.parametrize(
    ("kind", "expression"),
    [
        ("Function", 'Join("(", "\\"[", [a])'),
        ("Function", 'ToLower([emails[type eq "work"].value])'),
        ("Function", "Trim (\n  [a (b)],\n)"),
        ("Function", '[urn:x"y(z]'),
        ("Constant", 'a "quoted" text ('),
        ("Attribute", "[a"),
    ],
)
def test_what_is_a_text_or_a_name_need_not_balance(service: Service, job: str, kind: str, expression: str) -> None:
    sent = schema_of(service, job)
    users(sent)["attributeMappings"][0]["source"] = {"type": kind, "name": "F", "expression": expression}
    assert service.put(f"{job}/schema", sent).status == 204


sources = st.fixed_dictionaries(
    {"type": st.sampled_from(["Attribute", "Constant", "Function"])},
    optional={
        "name": st.text(max_size=5),
        "expression": st.text(st.characters(exclude_characters='"()[]'), max_size=9),
        "parameters": st.just([]),
        "odd": st.integers(),
    },
)
mappings = st.fixed_dictionaries(
    {"targetAttributeName": st.text(min_size=1, max_size=8)},
    optional={
        "source": st.none() | sources,
        "defaultValue": st.none() | st.text(max_size=4),
        "flowType": st.sampled_from(["Always", "ObjectAddOnly"]),
        "flowBehavior": st.sampled_from(["FlowWhenChanged", "FlowAlways"]),
        "exportMissingReferences": st.booleans(),
    },
)
clauses = st.fixed_dictionaries(
    {
        "sourceOperandName": st.sampled_from(["department", "employeeType"]),
        "operatorName": st.sampled_from(["EQUALS", "REGEX MATCH", "IS NOT NULL"]),
        "targetOperand": st.none() | st.fixed_dictionaries({"values": st.lists(st.text(max_size=4), max_size=2)}),
    }
)
scopes = st.none() | st.fixed_dictionaries(
    {
        "groups": st.lists(
            st.fixed_dictionaries({"name": st.text(max_size=3), "clauses": st.lists(clauses, max_size=2)}), max_size=2
        )
    }
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(mappings, max_size=4), scopes)
def test_any_sound_document_reads_back_as_it_was_put(
    service: Service, rows: list[dict[str, Any]], scope: object
) -> None:
    address = service.job(service.principal())
    sent = schema_of(service, address)
    for directory in sent["directories"]:
        for found in directory["objects"]:
            found["attributes"] = [
                each for each in found["attributes"] if each["name"] in ("department", "employeeType")
            ]
    users(sent)["attributeMappings"] = [{"targetAttributeName": "userName", "matchingPriority": 1}, *rows]
    users(sent)["scope"] = scope
    assert service.put(f"{address}/schema", sent).status == 204
    assert bare(schema_of(service, address)) == bare(sent)
