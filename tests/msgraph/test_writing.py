"""A step is done by one call that writes, and when it fails it is known whether it may have happened."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from reconciler.model.address import agent, app, group
from reconciler.model.bindings import Bindings
from reconciler.model.mappings import DesiredAttribute, DesiredMapping, Source, SourceKind
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.service import CallFailed, Outcome
from reconciler.model.steps import (
    AddMember,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    RemoveMember,
    RenameGroup,
    Settle,
    SetUpdater,
    StartJob,
    WriteConnection,
    WriteSchema,
)
from reconciler.msgraph.client import GraphClient, open_chain

from .conftest import Chance, Token

A, G, X = agent("a"), group("g"), app("x")
IDS = Bindings({A: "A1"}, {G: "G1"}, {X: "P1"}, {X: "R1"}, {X: "t.0"})
PROFILE = "/onPremisesPublishingProfiles/provisioning"
SYNC = "/servicePrincipals/P1/synchronization"
NO_CONTENT = (204, None)


def perform(client, *steps, secrets=None, bindings=IDS, **options):
    made = client(**options)

    async def run():
        known = bindings
        created = Bindings()
        for step in steps:
            created = await made.perform(step, known, secrets or {})
            known = known.merged(created)
        return created

    return asyncio.run(run())


def failed(client, step, **options) -> CallFailed:
    with pytest.raises(CallFailed) as caught:
        perform(client, step, **options)
    return caught.value


def test_a_created_group_is_bound_to_its_id(table, client):
    table.answers[f"POST {PROFILE}/agentGroups"] = (201, {"id": "new", "displayName": "HR"})
    assert perform(client, CreateGroup(G, "HR")) == Bindings(groups={G: "new"})


def test_a_created_resource_and_job_are_bound_too(table, client):
    table.answers[f"POST {PROFILE}/publishedResources"] = (201, {"id": "r"})
    table.answers[f"GET {SYNC}/templates"] = {"value": [{"id": "a"}, {"id": "b", "default": True}]}
    table.answers[f"POST {SYNC}/jobs"] = (201, {"id": "b.1"})
    assert perform(client, CreateResource(X, "hr", "HR")) == Bindings(resources={X: "r"})
    assert perform(client, CreateJob(X, "default")) == Bindings(jobs={X: "b.1"})
    assert table.named(f"POST {SYNC}/jobs") == [(f"POST {SYNC}/jobs", {"templateId": "b"})]


def test_a_template_that_nobody_can_tell_refuses_the_job(table, client):
    table.answers[f"GET {SYNC}/templates"] = {"value": [{"id": "a"}, {"id": "b"}]}
    failure = failed(client, CreateJob(X, "default"))
    assert failure.outcome is Outcome.REFUSED
    assert table.named("POST") == []


def test_a_creation_whose_answer_is_strange_may_have_happened(table, client):
    table.answers[f"POST {PROFILE}/agentGroups"] = (201, {"name": "no id"})
    failure = failed(client, CreateGroup(G, "HR"))
    assert (failure.outcome, failure.finding.address) == (Outcome.UNKNOWN, "group/g")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (400, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (429, Outcome.REFUSED),
        (500, Outcome.UNKNOWN),
        (504, Outcome.UNKNOWN),
    ],
)
def test_a_refusal_is_told_from_a_doubt(table, client, status, outcome):
    table.answers[f"POST {PROFILE}/agentGroups"] = (status, {"error": {"code": "C", "message": "words"}})
    if status == 429:
        table.answers[f"POST {PROFILE}/agentGroups"] = [(429, {}), (400, {})]
    failure = failed(client, CreateGroup(G, "HR"))
    assert failure.outcome is outcome
    assert failure.status == (400 if status == 429 else status)


def test_a_lost_connection_leaves_a_doubt(table, client):
    table.answers[f"PATCH {PROFILE}/agentGroups/G1"] = ConnectionResetError()
    assert failed(client, RenameGroup(G, "HR", "x")).outcome is Outcome.UNKNOWN


def test_a_membership_that_is_there_or_gone_already_is_to_be_looked_at(table, client):
    exists = (400, {"error": {"code": "Request_BadRequest", "message": "references already exist for ..."}})
    table.answers[f"POST {PROFILE}/agents/A1/agentGroups/$ref"] = exists
    assert failed(client, AddMember(A, G)).outcome is Outcome.UNKNOWN
    assert failed(client, RemoveMember(A, G)).outcome is Outcome.UNKNOWN
    assert failed(client, DeleteGroup(G, "HR")).outcome is Outcome.UNKNOWN


def test_what_was_just_created_may_be_invisible_for_a_while(table, client, clock):
    gone = (404, {"error": {"code": "Request_ResourceNotFound"}})
    table.answers[f"POST {PROFILE}/agentGroups"] = (201, {"id": "new"})
    table.answers[f"POST {PROFILE}/agents/A1/agentGroups/$ref"] = [*[gone] * 8, NO_CONTENT]
    perform(client, CreateGroup(G, "HR"), AddMember(A, G))
    assert 5 < clock.seconds < 60


def test_what_is_not_there_at_all_is_refused_soon(table, client, clock):
    failure = failed(client, AddMember(A, G))
    assert (failure.outcome, failure.status) == (Outcome.REFUSED, 404)
    assert clock.seconds <= 5


def test_a_step_whose_thing_has_no_live_object_makes_no_call(table, client):
    failure = failed(client, AddMember(A, G), bindings=Bindings(groups={G: "G1"}))
    assert failure.outcome is Outcome.REFUSED
    assert "agent/a" in failure.finding.message
    assert table.calls == []


def test_steps_without_a_body_are_plain_calls(table, client):
    table.answers[f"POST {SYNC}/jobs/t.0/start"] = NO_CONTENT
    assert perform(client, StartJob(X)) == Bindings()
    assert table.calls == [(f"POST {SYNC}/jobs/t.0/start", None)]


def test_a_wait_makes_no_call(table, client):
    perform(client, Settle(frozenset(), 5))
    assert table.calls == []


TOKEN = SecretSource(3, env="HR_TOKEN")


def test_a_connection_is_written_whole_with_its_secret(table, client):
    live = [{"key": "Odd", "value": "1"}, {"key": "SecretToken", "value": "*"}, {"key": "BaseAddress", "value": "old"}]
    table.answers |= {f"GET {SYNC}/secrets": {"value": live}, f"PUT {SYNC}/secrets": NO_CONTENT}
    step = WriteConnection(X, {"connector.url": "new"}, {"connector.secretToken": TOKEN})
    perform(client, step, secrets={TOKEN: SecretText("s3cr3t")})
    ((_, body),) = table.named("PUT")
    assert body == {
        "value": [
            {"key": "Odd", "value": "1"},
            {"key": "SecretToken", "value": "s3cr3t"},
            {"key": "BaseAddress", "value": "new"},
        ]
    }


def test_a_connection_that_would_lose_a_secret_is_not_written(table, client):
    table.answers[f"GET {SYNC}/secrets"] = {"value": [{"key": "SecretToken", "value": "*"}]}
    failure = failed(client, WriteConnection(X, {"connector.url": "new"}, {}))
    assert failure.outcome is Outcome.REFUSED
    assert "SecretToken" in failure.finding.message
    assert failure.hint
    missing = failed(client, WriteConnection(X, {}, {"connector.secretToken": TOKEN}))
    assert "env HR_TOKEN" in missing.finding.message
    assert table.named("PUT") == []


def test_a_connection_that_is_right_already_is_not_written(table, client):
    table.answers[f"GET {SYNC}/secrets"] = {"value": [{"key": "BaseAddress", "value": "u"}]}
    perform(client, WriteConnection(X, {"connector.url": "u"}, {}))
    assert table.named("PUT") == []


def schema(version: str, name: str = "upn") -> dict[str, object]:
    attribute = {"targetAttributeName": "userName", "source": {"name": name, "type": "Attribute"}}
    mapping = {"sourceObjectName": "User", "targetObjectName": "User", "attributeMappings": [attribute]}
    return {"version": version, "odd": 1, "synchronizationRules": [{"id": "r", "objectMappings": [mapping]}]}


def step(name: str = "mail") -> WriteSchema:
    wanted = DesiredAttribute("userName", Source(SourceKind.ATTRIBUTE, name))
    return WriteSchema(X, {"User": DesiredMapping("User", "User", attributes={"userName": wanted})})


SCHEMA = f"{SYNC}/jobs/t.0/schema"


def test_a_schema_is_kept_and_then_written_once(table, client):
    table.answers |= {f"GET {SCHEMA}": schema("1"), f"PUT {SCHEMA}": NO_CONTENT}
    kept = []
    perform(client, step(), keep=lambda address, document: kept.append((address, document, len(table.named("PUT")))))
    ((_, body),) = table.named("PUT")
    assert body["odd"] == 1
    assert body["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"][0]["source"]["name"] == "mail"
    assert [(address, writes) for address, _, writes in kept] == [(X, 0)]
    assert b'"upn"' in kept[0][1]


def test_a_schema_that_is_right_already_is_neither_kept_nor_written(table, client):
    table.answers[f"GET {SCHEMA}"] = schema("1")
    kept = []
    perform(client, step("upn"), keep=lambda *args: kept.append(args))
    assert (kept, table.named("PUT")) == ([], [])


def test_a_schema_that_cannot_be_kept_is_not_written(table, client):
    def full(_address, _document):
        raise OSError(28, "No space left on device")

    table.answers[f"GET {SCHEMA}"] = schema("1")
    failure = failed(client, step(), keep=full)
    assert failure.outcome is Outcome.REFUSED
    assert "No space left" in failure.finding.message
    assert table.named("PUT") == []


def test_a_schema_that_moved_meanwhile_is_laid_over_anew(table, client):
    moved = schema("2")
    moved["odd"] = 2
    table.answers |= {f"GET {SCHEMA}": [schema("1"), moved], f"PUT {SCHEMA}": NO_CONTENT}
    perform(client, step())
    ((_, body),) = table.named("PUT")
    assert (body["odd"], body["version"]) == (2, "2")


def test_a_schema_that_keeps_moving_is_not_written(table, client):
    table.answers[f"GET {SCHEMA}"] = [schema(str(number)) for number in range(9)]
    assert failed(client, step()).outcome is Outcome.REFUSED
    assert table.named("PUT") == []


@pytest.mark.parametrize("document", [7, [], {"synchronizationRules": 3}, {"synchronizationRules": []}])
def test_a_schema_of_another_shape_is_not_written(table, client, document):
    table.answers[f"GET {SCHEMA}"] = document
    assert failed(client, step()).outcome is Outcome.REFUSED
    assert table.named("PUT") == []


def test_half_a_window_is_written_with_its_other_half(table, client):
    window = {"updateWindowStartTime": "01:00:00", "updateWindowEndTime": "05:00:00"}
    table.answers[f"GET {PROFILE}"] = {"id": "p", "hybridAgentUpdaterConfiguration": {"updateWindow": window}}
    table.answers[f"PATCH {PROFILE}/hybridAgentUpdaterConfiguration"] = NO_CONTENT
    perform(client, SetUpdater({"window.end": "06:00"}))
    ((_, body),) = table.named("PATCH")
    assert body == {"updateWindow": {"updateWindowStartTime": "01:00:00", "updateWindowEndTime": "06:00:00"}}


@pytest.mark.parametrize("depth", [100, 300, 600, 900, 940, 980, 2000])
def test_a_schema_of_any_depth_is_written_or_refused(serve, clock, depth):
    deep = json.dumps({**schema("1"), "deep": 1}).replace('"deep": 1', f'"deep": {"[" * depth}{"]" * depth}')

    async def answer(request):
        await request.body()
        return Response(deep if request.method == "GET" else b"", media_type="application/json")

    origin = serve(Starlette(routes=[Route("/{rest:path}", answer, methods=["GET", "PUT"])]))

    async def run():
        chain = open_chain(f"{origin}/beta", Token(), clock, Chance(), {})
        try:
            return await asyncio.gather(GraphClient(chain, clock).perform(step(), IDS, {}), return_exceptions=True)
        finally:
            await chain.aclose()

    (ended,) = asyncio.run(run())
    assert ended == Bindings() or (isinstance(ended, CallFailed) and ended.outcome is Outcome.REFUSED)
