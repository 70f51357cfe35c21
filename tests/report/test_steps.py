"""Steps in words, and the waves that they run in."""

import pytest

from reconciler.model.address import agent, app, group
from reconciler.model.plan import PlannedStep
from reconciler.model.secret import SecretSource
from reconciler.model.states import Edge
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
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from reconciler.report.steps import describe, waves

HR, WEB, CRM, AMS = group("hr"), group("web"), app("crm"), agent("ams-1")

WORDS = [
    (CreateGroup(HR, "HR"), 'create group/hr, named "HR"'),
    (RenameGroup(HR, "HR", "Human"), 'rename group/hr from "Human" to "HR"'),
    (DeleteGroup(HR, "HR"), 'delete group/hr, named "HR"'),
    (AddMember(AMS, HR), "add agent/ams-1 to group/hr"),
    (RemoveMember(AMS, HR), "remove agent/ams-1 from group/hr"),
    (CreateResource(CRM, "crm", "CRM"), 'publish the resource "crm" of app/crm'),
    (RenameResource(CRM, "CRM", "Crm"), 'rename the resource of app/crm from "Crm" to "CRM"'),
    (DeleteResource(CRM, "crm", "CRM"), 'delete the published resource "crm" of app/crm'),
    (Assign(CRM, HR), "assign app/crm to group/hr"),
    (Unassign(CRM, HR), "unassign app/crm from group/hr"),
    (Settle(frozenset({Edge(CRM, HR)}), 1200), "wait up to 20 min until app/crm in group/hr serves"),
    (
        Settle(frozenset({Edge(CRM, HR), Edge(AMS, HR)}), 2),
        "wait up to 2 s until 2 new edges serve: agent/ams-1 in group/hr, app/crm in group/hr",
    ),
    (CreateJob(CRM, "default"), "create the job of app/crm from its default template"),
    (CreateJob(CRM, "scim"), "create the job of app/crm from scim"),
    (StartJob(CRM), "start the job of app/crm"),
    (StartJob(CRM, resumes=True), "resume the job of app/crm"),
    (PauseJob(CRM), "pause the job of app/crm"),
    (PauseJob(CRM, interrupts=True), "pause the job of app/crm, to be resumed below"),
    (
        WriteConnection(CRM, {"connector.url": "https://crm"}, {"connector.secretToken": SecretSource(3, env="CRM")}),
        "write the connection of app/crm: connector.url, connector.secretToken version 3 from env CRM",
    ),
    (
        WriteConnection(CRM, {"connector.secretToken": None, "connector.url": "https://crm"}, {}),
        "write the connection of app/crm: connector.secretToken cleared, connector.url",
    ),
    (WriteSchema(CRM, {"User": None}, {"Group": ("x",)}), "write the schema of app/crm once: Group, User"),
    (SetUpdater({"window.start": "01:00", "window.end": None}), "write the updater's window.end, window.start"),
]


@pytest.mark.parametrize(("step", "words"), WORDS)
def test_a_step_in_words(step: Step, words: str) -> None:
    assert describe(step) == words


def test_every_kind_of_step_has_words() -> None:
    assert {type(step) for step, _ in WORDS} == set(Step.__args__)


def planned(*needs: tuple[str, str]) -> list[PlannedStep]:
    return [PlannedStep(step_id, StartJob(CRM), tuple(need.split())) for step_id, need in needs]


def test_a_step_stands_in_the_first_wave_by_which_it_is_ready() -> None:
    found = waves(planned(("a", ""), ("b", "a"), ("c", ""), ("d", "b c"), ("e", "c")))
    assert [[each.id for each in wave] for wave in found] == [["a", "c"], ["b", "e"], ["d"]]


def test_no_steps_are_no_waves() -> None:
    assert list(waves([])) == []


def test_what_stands_outside_the_plan_is_done_already() -> None:
    assert [[each.id for each in wave] for wave in waves(planned(("a", "gone")))] == [["a"]]
