"""Every step has its calls, and they are the documented ones."""

from __future__ import annotations

import pytest

from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.bindings import Bindings
from reconciler.model.fields import FIELDS, Role, Surface
from reconciler.model.mappings import DesiredMapping
from reconciler.model.secret import SecretSource
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    DeleteResource,
    PauseJob,
    RemoveMember,
    RenameGroup,
    RenameResource,
    Settle,
    SetUpdater,
    StartJob,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from reconciler.msgraph.wire.fields import WIRE_PATHS
from reconciler.msgraph.wire.steps import needed, requests_of

A, G, X = agent("a"), group("g"), app("x")
IDS = Bindings({A: "A1"}, {G: "G1"}, {X: "P1"}, {X: "R1"}, {X: "t.0"})
PROFILE = "/onPremisesPublishingProfiles/provisioning"
SYNC = "/servicePrincipals/P1/synchronization"
GROUP_REF = {"@odata.id": f"https://host/beta{PROFILE}/agentGroups/G1"}

CALLS = [
    (CreateGroup(G, "HR"), [("POST", f"{PROFILE}/agentGroups", {"displayName": "HR"})]),
    (RenameGroup(G, "HR", "x"), [("PATCH", f"{PROFILE}/agentGroups/G1", {"displayName": "HR"})]),
    (DeleteGroup(G, "HR"), [("DELETE", f"{PROFILE}/agentGroups/G1", None)]),
    (AddMember(A, G), [("POST", f"{PROFILE}/agents/A1/agentGroups/$ref", GROUP_REF)]),
    (RemoveMember(A, G), [("DELETE", f"{PROFILE}/agents/A1/agentGroups/G1/$ref", None)]),
    (
        CreateResource(X, "hr", "HR"),
        [("POST", f"{PROFILE}/publishedResources", {"displayName": "HR", "resourceName": "hr"})],
    ),
    (RenameResource(X, "HR", "x"), [("PATCH", f"{PROFILE}/publishedResources/R1", {"displayName": "HR"})]),
    (DeleteResource(X, "hr", "HR"), [("DELETE", f"{PROFILE}/publishedResources/R1", None)]),
    (Assign(X, G), [("POST", f"{PROFILE}/publishedResources/R1/agentGroups/$ref", GROUP_REF)]),
    (Unassign(X, G), [("DELETE", f"{PROFILE}/publishedResources/R1/agentGroups/G1/$ref", None)]),
    (Settle(frozenset(), 1), []),
    (CreateJob(X, "scim"), [("POST", f"{SYNC}/jobs", {"templateId": "scim"})]),
    (
        CreateJob(X, "default"),
        [("GET", f"{SYNC}/templates", None), ("POST", f"{SYNC}/jobs", {"templateId": "default"})],
    ),
    (StartJob(X), [("POST", f"{SYNC}/jobs/t.0/start", None)]),
    (PauseJob(X), [("POST", f"{SYNC}/jobs/t.0/pause", None)]),
    (
        WriteSchema(X, {"User": DesiredMapping("User", "User")}),
        [(method, f"{SYNC}/jobs/t.0/schema", body) for method, body in (("GET", None), ("GET", None), ("PUT", {}))],
    ),
    (
        SetUpdater({"window.start": "01:00", "window.end": "05:00", "allowOverride": True}),
        [
            (
                "PATCH",
                f"{PROFILE}/hybridAgentUpdaterConfiguration",
                {
                    "updateWindow": {"updateWindowStartTime": "01:00:00", "updateWindowEndTime": "05:00:00"},
                    "allowUpdateConfigurationOverride": True,
                },
            )
        ],
    ),
    (
        SetUpdater({"deferUntil": None}),
        [("PATCH", f"{PROFILE}/hybridAgentUpdaterConfiguration", {"deferUpdateDateTime": None})],
    ),
]


@pytest.mark.parametrize(("step", "calls"), CALLS, ids=lambda value: type(value).__name__)
def test_a_step_makes_the_documented_calls(step, calls):
    requests = requests_of(step, IDS, base="https://host/beta")
    assert [(request.method, request.path, request.body) for request in requests] == calls


def test_only_creations_may_not_be_repeated():
    creations = (CreateGroup, CreateResource, CreateJob)
    for step, _ in CALLS:
        last = requests_of(step, IDS)[-1:]
        assert all(request.repeatable != isinstance(step, creations) for request in last)


def test_half_a_window_is_written_after_reading_the_other_half():
    read, write = requests_of(SetUpdater({"window.start": "01:00"}), IDS)
    assert (read.method, read.path) == ("GET", PROFILE)
    assert write.method == "PATCH"


def test_a_connection_is_read_and_then_written_and_shows_no_secret():
    step = WriteConnection(X, {"connector.url": "u"}, {"connector.secretToken": SecretSource(1, env="T")})
    read, write = requests_of(step, IDS)
    assert (read.method, write.method, write.path) == ("GET", "PUT", f"{SYNC}/secrets")
    assert [entry["key"] for entry in write.body["value"]] == ["BaseAddress", "SecretToken"]
    assert "***" in repr(write)


def test_what_has_no_id_yet_stands_as_its_address():
    (request,) = requests_of(RemoveMember(A, G), Bindings())
    assert request.path == f"{PROFILE}/agents/{{agent/a}}/agentGroups/{{group/g}}/$ref"


def test_what_no_key_names_bears_its_own_id():
    (request,) = requests_of(RemoveMember(Address.unbound(Kind.AGENT, "A9"), G), IDS)
    assert request.path == f"{PROFILE}/agents/A9/agentGroups/G1/$ref"


def test_a_step_names_the_ids_that_it_cannot_do_without():
    for step, _ in CALLS:
        assert all(address in table(IDS) for table, address in needed(step))
    assert [str(address) for _, address in needed(Assign(X, G))] == ["app/x", "group/g"]


def test_ids_are_encoded():
    hostile = Bindings(groups={G: "../agents/1?x#y"})
    (request,) = requests_of(DeleteGroup(G, "HR"), hostile)
    assert request.path == f"{PROFILE}/agentGroups/..%2Fagents%2F1%3Fx%23y"


def test_every_managed_field_of_the_service_has_a_place_on_the_wire():
    managed = {
        (kind, field.key)
        for kind, fields in FIELDS.items()
        for field in fields
        if field.role is Role.MANAGED and field.surface in {Surface.TOPOLOGY, Surface.APPS}
    }
    assert managed == set(WIRE_PATHS)
