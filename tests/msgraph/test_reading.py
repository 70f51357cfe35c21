"""What is read becomes cells, and what cannot be read leaves exactly its own cells unknown."""

from __future__ import annotations

import asyncio

import pytest

from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.bindings import Bindings
from reconciler.model.cells import ABSENT, Clear, Known, Reason, Unreadable, Value
from reconciler.model.fields import Surface
from reconciler.model.inventory import Topology
from reconciler.model.mappings import DesiredMapping
from reconciler.model.principals import PrincipalKey, PrincipalQuery
from reconciler.model.service import AppPart, Scope
from reconciler.model.states import AppliedState, DesiredState, Thing
from reconciler.msgraph.demands import Demand, demands

ALL = AppPart.JOB | AppPart.SCHEMA | AppPart.CONNECTION
PROFILE = "GET /onPremisesPublishingProfiles/provisioning"
GROUPS = f"{PROFILE}/agentGroups"
X, Y = app("x"), app("y")


def sync(principal: str, rest: str, method: str = "GET") -> str:
    return f"{method} /servicePrincipals/{principal}/synchronization/{rest}"


def schema(source: str = "User", target: str = "User", flow: str = "Add") -> dict[str, object]:
    mapping = {"sourceObjectName": source, "targetObjectName": target, "flowTypes": flow, "attributeMappings": []}
    return {"version": "1", "directories": [], "synchronizationRules": [{"objectMappings": [mapping]}]}


def job(job_id: str, template: str = "t", state: str = "Active") -> dict[str, object]:
    return {"id": job_id, "templateId": template, "schedule": {"state": state}, "status": {"code": state}}


def with_app(table, principal: str = "p", jobs=None):
    table.answers[sync(principal, "jobs")] = {"value": [job("t.1")] if jobs is None else jobs}
    table.answers[sync(principal, "jobs/t.1/schema")] = schema()
    table.answers[sync(principal, "secrets")] = {"value": [{"key": "BaseAddress", "value": "https://h"}]}


def read(client, bindings: Bindings, wanted: dict[Address, Demand]):
    made = client(demands=wanted)
    return made, asyncio.run(made.readings(bindings))


def one(client, demand: Demand | None = None, **bindings):
    made, readings = read(client, Bindings(principals={X: "p"}, **bindings), {X: demand or Demand(ALL)})
    return made, readings[X]


def test_an_app_is_read_whole_in_two_rounds(table, client):
    with_app(table)
    made, reading = one(client)
    assert reading.job_id == "t.1"
    assert reading.cells["job.enabled"] == Known(value=True)
    assert reading.cells["mapping/User"].value.target == "User"
    assert reading.cells["connector.url"] == Known("https://h")
    assert made.calls == made.calls_needed(()) - 2 == 2


def test_only_what_is_managed_is_read(table, client):
    with_app(table)
    _, reading = one(client, Demand(AppPart.CONNECTION))
    assert [key for key, _ in table.calls] == [sync("p", "secrets")]
    assert reading.job_id == Unreadable(Reason.NOT_READ) == reading.cells["mapping"] == reading.cells["job.enabled"]


def test_a_failed_read_leaves_exactly_its_own_cells_unknown(table, client):
    forbidden = (403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}})
    with_app(table)
    table.answers[sync("p", "secrets")] = forbidden
    made, reading = one(client)
    why = Unreadable(Reason.FAILED, "the service answered 403 Authorization_RequestDenied")
    assert reading.cells["connector.url"] == why == reading.cells["connector.secretToken"]
    assert reading.cells["job.enabled"] == Known(value=True)
    assert "mapping/User" in reading.cells
    table.answers[sync("p", "jobs/t.1/schema")] = forbidden
    _, reading = one(client)
    assert reading.cells["mapping"] == why
    assert reading.job_id == "t.1"
    assert [finding.rule for finding in made.findings] == ["EPR430"]


@pytest.mark.parametrize("body", [{}, {"value": 3}, {"value": [{"id": 3}]}, {"value": [], "@odata.nextLink": "x"}, 7])
def test_jobs_of_another_shape_are_unreadable_and_so_is_the_schema(table, client, body):
    with_app(table)
    table.answers[sync("p", "jobs")] = body
    _, reading = one(client)
    assert reading.cells["job.enabled"] == reading.cells["mapping"] == reading.job_id
    assert reading.job_id.is_failure
    assert reading.cells["connector.url"] == Known("https://h")


def test_an_app_without_a_job_shows_the_mappings_of_its_template(table, client):
    with_app(table, jobs=[])
    table.answers[sync("p", "templates")] = {"value": [{"id": "a"}, {"id": "b", "default": True}]}
    table.answers[sync("p", "templates/b/schema")] = schema(flow="Delete")
    _, reading = one(client)
    assert reading.job_id == ABSENT == reading.cells["job.template"]
    assert [flow.value for flow in reading.cells["mapping/User"].value.flow] == ["delete"]
    table.answers[sync("p", "templates")] = {"value": [{"id": "a"}, {"id": "b"}]}
    made, reading = one(client)
    assert reading.cells["mapping"].is_failure
    assert [finding.rule for finding in made.findings] == ["EPR434"]


DIRECTORIES = [
    {"name": "Entra", "objects": [{"name": "User", "attributes": [{"name": "proxyAddresses", "multivalued": True}]}]},
    {
        "name": "Target",
        "objects": [
            {
                "name": "User",
                "attributes": [{"name": "cn", "multivalued": False}, {"name": "mails", "multivalued": True}],
            },
            {"name": "Empty", "attributes": None},
        ],
    },
    {"name": None},
]


@pytest.mark.parametrize("jobs", [None, []], ids=["a job", "its template"])
def test_the_directory_that_is_written_to_tells_what_holds_several_values(table, client, jobs):
    with_app(table, jobs=jobs)
    table.answers[sync("p", "templates")] = {"value": [{"id": "t", "default": True}]}
    found = {**schema(), "directories": DIRECTORIES}
    found["synchronizationRules"][0]["targetDirectoryName"] = "Target"
    for source in ("jobs/t.1/schema", "templates/t/schema"):
        table.answers[sync("p", source)] = found
    _, reading = one(client)
    assert reading.several == {"User": {"mails"}, "Empty": set()}


@pytest.mark.parametrize("objects", [3, None, [{"attributes": "none"}]])
def test_a_directory_of_another_shape_tells_nothing_and_hides_no_mapping(table, client, objects):
    with_app(table)
    found = {**schema(), "directories": [{"name": "Target", "objects": objects}]}
    found["synchronizationRules"][0]["targetDirectoryName"] = "Target"
    table.answers[sync("p", "jobs/t.1/schema")] = found
    _, reading = one(client)
    assert reading.several == {}
    assert reading.cells["mapping/User"].value.target == "User"


def test_of_several_jobs_the_one_of_the_declared_template_is_meant(table, client):
    jobs = [job("s.1", "s"), job("t.1", "t")]
    with_app(table, jobs=jobs)
    assert one(client, Demand(ALL, "t"))[1].job_id == "t.1"
    table.answers[sync("p", "templates")] = {"value": [{"id": "s"}, {"id": "t", "default": True}]}
    assert one(client)[1].job_id == "t.1"
    assert one(client, Demand(AppPart.JOB), jobs={X: "s.1"})[1].job_id == "s.1"
    table.answers[sync("p", "jobs")] = {"value": [job("t.1"), job("t.2")]}
    made, reading = one(client, Demand(ALL, "t"))
    assert reading.job_id.is_failure
    assert "2 jobs exist" in made.findings[0].message


def test_many_apps_travel_in_twenties_and_each_gets_its_own(table, client):
    apps = [app(f"a{number}") for number in range(45)]
    for number in range(45):
        with_app(table, f"p{number}")
        table.answers[sync(f"p{number}", "jobs/t.1/schema")] = schema(target=f"T{number}")
    bindings = Bindings(principals={each: f"p{number}" for number, each in enumerate(apps)})
    made, readings = read(client, bindings, dict.fromkeys(apps, Demand(ALL)))
    assert [readings[each].cells["mapping/User"].value.target for each in apps] == [f"T{n}" for n in range(45)]
    assert made.calls == made.calls_needed(()) - 2 == 8


def test_apps_that_share_a_principal_both_get_its_reading(table, client):
    with_app(table)
    _, readings = read(client, Bindings(principals={X: "p", Y: "p"}), {X: Demand(ALL), Y: Demand(ALL)})
    assert readings[X] == readings[Y]


def with_topology(table, **groups: object):
    agents = [{"id": "1", "machineName": "m", "status": "active"}]
    table.answers[PROFILE] = {"id": "provisioning", "agents": agents, "publishedResources": []}
    table.answers[GROUPS] = {"value": [{"id": "g1", "displayName": "HR", "agents": [{"id": "1"}]}], **groups}


QUERY = PrincipalQuery(PrincipalKey.DISPLAY_NAME, "HR")


def test_the_inventory_takes_one_call_for_each_question(table, client):
    with_topology(table)
    table.answers["GET /servicePrincipals"] = {"value": [{"id": "p", "appId": "a", "displayName": "hr"}]}
    made = client()
    inventory = asyncio.run(made.inventory([QUERY]))
    assert isinstance(inventory.topology, Topology)
    assert inventory.topology.groups["g1"].agents == {"1"}
    assert [found.id for found in inventory.principals["HR"]] == ["p"]
    assert made.calls == 3 == made.calls_needed([QUERY])


KNOWN = [PrincipalQuery(PrincipalKey.APP_ID, "a", known="p"), PrincipalQuery(PrincipalKey.ID, "q", known="q")]
THERE = {"id": "p", "appId": "A", "displayName": "HR"}


def looked_up(table, client, queries=KNOWN):
    with_topology(table)
    table.answers.setdefault("GET /servicePrincipals", {"value": []})
    made = client()
    return made, asyncio.run(made.inventory(queries)).principals


def test_a_known_principal_that_no_list_shows_is_looked_at_and_gone_only_where_that_says_so(table, client):
    table.answers["GET /servicePrincipals/p"] = THERE
    made, found = looked_up(table, client)
    assert found == {"a": Unreadable(Reason.FAILED, "two answers contradict each other"), "q": ()}
    (finding,) = made.findings
    assert finding.rule == "EPR430"
    assert "/servicePrincipals/p" in finding.message


def test_a_known_principal_that_is_not_what_was_looked_up_contradicts_no_list(table, client):
    table.answers["GET /servicePrincipals/p"] = {**THERE, "appId": "other"}
    made, found = looked_up(table, client)
    assert found == {"a": (), "q": ()}
    assert made.findings == ()


@pytest.mark.parametrize("answer", [(403, {}), {"value": []}, 7])
def test_a_known_principal_that_cannot_be_looked_at_is_not_gone(table, client, answer):
    table.answers["GET /servicePrincipals/p"] = answer
    made, found = looked_up(table, client)
    assert found["a"].is_failure
    assert len(made.findings) == 1


def test_what_the_lists_show_and_what_nobody_knew_is_not_looked_at(table, client):
    table.answers["GET /servicePrincipals"] = {"value": [THERE]}
    looked_up(table, client, [KNOWN[0], QUERY, PrincipalQuery(PrincipalKey.ID, "new")])
    assert table.named("GET /servicePrincipals/") == []


def test_pages_are_followed_and_a_page_that_fails_spoils_the_look(table, client):
    table.answers["GET /servicePrincipals"] = {"value": [], "@odata.nextLink": "http://table/beta/more?$skiptoken=x"}
    table.answers["GET /more"] = {"value": [{"id": "p", "displayName": "HR"}]}
    with_topology(table, **{"@odata.nextLink": "http://table/beta/next"})
    inventory = asyncio.run(client().inventory([QUERY]))
    assert [found.id for found in inventory.principals["HR"]] == ["p"]
    assert inventory.topology.is_failure
    table.answers["GET /next"] = {"value": [{"id": "g2", "displayName": "IT"}]}
    inventory = asyncio.run(client().inventory([]))
    assert set(inventory.topology.groups) == {"g1", "g2"}


def test_a_link_to_another_origin_is_refused(table, client):
    with_topology(table, **{"@odata.nextLink": "http://evil/beta/next"})
    table.answers["GET /servicePrincipals"] = {"value": [], "@odata.nextLink": "http://evil/beta/next"}
    made = client()
    inventory = asyncio.run(made.inventory([QUERY]))
    assert inventory.topology.is_failure
    assert inventory.principals["HR"].is_failure
    assert [finding.rule for finding in made.findings] == ["EPR432"]


def test_what_is_out_of_scope_is_not_read(table, client):
    with_topology(table)
    made = client(surfaces={Surface.APPS}, demands={X: Demand(ALL)})
    inventory = asyncio.run(made.inventory([]))
    assert inventory.topology == Unreadable(Reason.OUT_OF_SCOPE)
    made = client(surfaces={Surface.TOPOLOGY}, demands={X: Demand(ALL)})
    inventory = asyncio.run(made.inventory([QUERY]))
    assert inventory.principals == {}
    assert asyncio.run(made.readings(Bindings(principals={X: "p"}))) == {}
    assert made.calls == 2 == made.calls_needed([QUERY])


def test_a_look_reads_what_is_asked_and_nothing_else(table, client):
    with_topology(table)
    with_app(table)
    made = client(demands={X: Demand(ALL)})
    bindings = Bindings({agent("a"): "1"}, {group("g"): "g1"}, {X: "p"})
    state = asyncio.run(made.observe(Scope(topology=True), bindings))
    assert state.cell(group("g"), "agents") == Known(frozenset({agent("a")}))
    assert state.cell(X, "job.enabled") == Unreadable(Reason.NOT_READ)
    table.calls.clear()
    state = asyncio.run(made.observe(Scope(apps={X: AppPart.JOB}), bindings))
    assert [key for key, _ in table.calls] == [sync("p", "jobs")]
    assert state.cell(X, "job.enabled") == Known(value=True)
    assert state.cell(group("g"), "displayName") == Unreadable(Reason.NOT_READ)
    table.calls.clear()
    asyncio.run(made.observe(Scope(), bindings))
    assert table.calls == []


def test_a_service_that_refuses_everything_gives_one_finding_per_cause(table, client):
    table.answers |= {PROFILE: (401, {"error": {"code": "InvalidAuthenticationToken"}}), GROUPS: (401, {})}
    made = client(demands={X: Demand(ALL)})
    asyncio.run(made.inventory([QUERY]))
    asyncio.run(made.readings(Bindings(principals={X: "p"})))
    assert len(made.findings) == 3
    assert "401 InvalidAuthenticationToken" in made.findings[0].message + made.findings[1].message


def test_a_lost_connection_is_a_fault_as_over_a_socket(table, client):
    table.answers[PROFILE] = ConnectionResetError()
    table.answers[GROUPS] = RuntimeError()
    made = client()
    assert asyncio.run(made.inventory([])).topology.is_failure


def test_demands_follow_what_spec_and_ledger_manage():
    mapping = DesiredMapping("User", "Person")
    cells = {"mapping/User": Value(mapping), "servicePrincipal.id": Value("p"), "job.template": Value("t")}
    desired = DesiredState({X: Thing(X, cells), Y: Thing(Y, {"provisioning.notify": Clear(), "group": Value(X)})})
    gone = Address(Kind.APP, "gone")
    applied = AppliedState({gone: Thing(gone, {"job.enabled": Value(value=True)})}, known=True)
    assert demands(desired, applied) == {
        X: Demand(AppPart.JOB | AppPart.SCHEMA, "t", {"User": "Person"}),
        Y: Demand(AppPart.CONNECTION),
        gone: Demand(AppPart.JOB),
    }
