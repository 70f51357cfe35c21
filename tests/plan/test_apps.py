"""What differs of apps: resource, group and job; and what is done about it."""

from __future__ import annotations

import pytest

from reconciler.model.address import UPDATER, Address, Kind, app, group
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.plan import Action, Cause
from reconciler.model.steps import (
    Assign,
    CreateJob,
    CreateResource,
    DeleteResource,
    PauseJob,
    RenameResource,
    SetUpdater,
    StartJob,
    Unassign,
)
from tests.plan.worlds import CLEAR, FAILED, World, kinds, live_app, live_group, updater, wanted_app

P, HR, WEB = app("p"), group("hr"), group("web")
GROUPS = live_group("hr") | live_group("web")
DECLARED = {HR: {}, WEB: {}}
NOT_READ = Unreadable(Reason.NOT_READ)


def test_an_app_without_a_resource_is_published_and_assigned() -> None:
    bare = {P: {"job.id": None, "job.template": None}}
    here = World(DECLARED | wanted_app("p", "hr", resource__displayName="Payroll"), GROUPS | bare)
    assert here.the_change().action is Action.ADD
    assert here.steps() == (CreateResource(P, "p", "Payroll"), Assign(P, HR))


def test_a_resource_is_shown_by_its_own_name_where_the_spec_gives_none() -> None:
    here = World(wanted_app("p"), {P: {"job.id": None}})
    assert here.steps() == (CreateResource(P, "p", "p"),)


def test_a_resource_that_somebody_deleted_is_drift() -> None:
    here = World(wanted_app("p"), {P: {"job.id": None}}, {P: {"resource.resourceName": "p"}})
    (missing,) = here.the_change().fields
    assert (missing.key, missing.cause) == ("resource.resourceName", Cause.DRIFT)


def test_a_resource_is_renamed_in_place() -> None:
    here = World(wanted_app("p", resource__displayName="Payroll"), live_app("p"))
    assert here.steps() == (RenameResource(P, "Payroll", "p"),)


def test_an_app_that_cannot_be_published_says_what_is_missing() -> None:
    here = World(DECLARED | {P: {"group": "hr"}}, GROUPS | {P: {"job.id": None}})
    assert "resource.resourceName" in here.the_change().blocked


def test_another_group_is_a_move() -> None:
    here = World(DECLARED | wanted_app("p", "web"), GROUPS | live_app("p", "hr"))
    change = here.the_change()
    (field,) = change.fields
    assert (change.action, field.before, field.after) == (Action.MOVE, frozenset({HR}), WEB)
    assert set(here.steps()) == {Assign(P, WEB), Unassign(P, HR)}


def test_an_app_that_leaves_one_of_its_groups_does_not_move() -> None:
    here = World(DECLARED | wanted_app("p", "hr"), GROUPS | live_app("p", "hr", "web"))
    change = here.the_change()
    assert (change.action, change.fields[0].before, change.fields[0].after) == (Action.CHANGE, frozenset({HR, WEB}), HR)
    assert here.steps() == (Unassign(P, WEB),)


@pytest.mark.parametrize(
    ("ours", "reason"),
    [
        ({"resource.resourceName": "p"}, "not applied yet"),
        ({"job.enabled": False, "resource.displayName": "p"}, "the spec changed"),
        ({"job.enabled": True, "resource.displayName": "p"}, "the spec changed, and so did the service"),
        ({"job.enabled": True}, "changed at the service; some of it was never applied before"),
        ({"job.enabled": False}, "the spec changed; some of it was never applied before"),
    ],
)
def test_a_reason_tells_what_was_never_applied_from_what_the_spec_changed(ours: dict[str, object], reason: str) -> None:
    here = World(
        wanted_app("p", job__enabled=True, resource__displayName="Pay"),
        live_app("p", job__enabled=False),
        {P: ours},
    )
    assert here.the_change().reason == reason


@pytest.mark.parametrize(
    ("group_now", "name", "reason"),
    [
        ("web", "p", "left over from an apply that broke off"),
        ("web", "Pay", "the spec changed; some of it is left over from an apply that broke off"),
        ("new", "p", "the spec changed"),
    ],
)
def test_the_rest_of_a_move_is_told_from_a_spec_that_changed(group_now: str, name: str, reason: str) -> None:
    here = World(
        {**DECLARED, group("new"): {}} | wanted_app("p", group_now, resource__displayName=name),
        GROUPS | live_group("new") | live_app("p", "hr", "web", resource__displayName="p"),
        {P: {"group": frozenset({HR, WEB}), "resource.displayName": "p"}},
    )
    assert here.the_change().reason == reason


def test_one_group_too_many_is_left() -> None:
    here = World(DECLARED | wanted_app("p", "web"), GROUPS | live_app("p", "hr", "web"))
    assert here.steps() == (Unassign(P, HR),)


def test_a_cleared_group_is_left() -> None:
    here = World(DECLARED | wanted_app("p", CLEAR), GROUPS | live_app("p", "hr"))
    assert here.the_change().action is Action.CHANGE
    assert here.steps() == (Unassign(P, HR),)


@pytest.mark.parametrize(
    ("live", "wanted", "expected"),
    [
        (True, True, ()),
        (False, True, (StartJob(P),)),
        (True, False, (PauseJob(P),)),
    ],
)
def test_a_job_runs_as_the_spec_says(live: bool, wanted: bool, expected: tuple[object, ...]) -> None:
    here = World(wanted_app("p", job__enabled=wanted), live_app("p", job__enabled=live))
    assert here.steps() == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"job__template": "ecma"}, (CreateJob(P, "ecma"),)),
        ({"job__enabled": False}, (CreateJob(P, "default"),)),
        ({"job__template": "default", "job__enabled": True}, (CreateJob(P, "default"), StartJob(P))),
        ({}, ()),
    ],
)
def test_a_missing_job_is_made_where_the_spec_declares_one(
    cells: dict[str, object], expected: tuple[object, ...]
) -> None:
    here = World(wanted_app("p", **cells), live_app("p", job__id=None, job__template=None, job__enabled=None))
    assert here.steps() == expected


def test_a_job_that_could_not_be_read_is_neither_made_nor_started() -> None:
    unread = {"job__id": FAILED, "job__template": FAILED, "job__enabled": FAILED}
    here = World(wanted_app("p", job__template="default", job__enabled=True), live_app("p", **unread))
    assert here.diff().changes == ()
    assert [unknown.key for unknown in here.diff().unverifiable] == ["job.enabled"]


@pytest.mark.parametrize("cell", [None, NOT_READ])
@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"servicePrincipal__displayName": "Payroll"}, "create the enterprise application Payroll first"),
        ({"servicePrincipal__id": "6044"}, "create the enterprise application 6044 first"),
        ({}, "servicePrincipal"),
    ],
)
def test_an_app_without_a_principal_waits_for_a_person(cell: object, named: dict[str, object], said: str) -> None:
    unread = dict.fromkeys(("job.id", "job.enabled", "connector.url"), cell)
    wanted = DECLARED | wanted_app("p", "hr", job__enabled=True, connector__url="https://x", **named)
    here = World(wanted, GROUPS | {P: unread}, ids=Bindings())
    change = here.the_change()
    assert said in change.blocked
    assert [field.key for field in change.fields] == ["resource.resourceName", "group"]
    assert here.steps() == ()
    assert here.diff().unverifiable == ()


def test_a_principal_that_the_ledger_knows_and_that_is_gone_is_drift() -> None:
    wanted = wanted_app("p", servicePrincipal__displayName="Payroll", job__enabled=True)
    here = World(
        wanted, {P: {"resource.resourceName": "p", "job.id": None}}, {P: {"job.enabled": True}}, ids=Bindings()
    )
    change = here.the_change()
    (field,) = change.fields
    assert (field.key, field.cause, field.lines) == ("servicePrincipal.id", Cause.DRIFT, ("no longer exists",))
    assert (change.reason, bool(change.blocked)) == ("changed at the service", True)


def test_a_principal_that_nobody_could_look_up_is_not_missing() -> None:
    here = World(
        wanted_app("p", job__enabled=True),
        {P: {"resource.resourceName": "p", "job.id": FAILED, "job.enabled": FAILED}},
        ids=Bindings(),
    )
    assert here.diff().changes == ()


def test_an_unreadable_resource_is_not_published_again() -> None:
    here = World(
        DECLARED | wanted_app("p", "hr"),
        GROUPS | {P: {"resource.resourceName": FAILED, "group": FAILED, "job.id": "j"}},
    )
    assert here.diff().changes == ()
    assert [unknown.key for unknown in here.diff().unverifiable] == ["resource.resourceName", "group"]


def test_an_app_gone_from_the_spec_is_paused_unassigned_and_its_resource_deleted() -> None:
    here = World(DECLARED, GROUPS | live_app("p", "hr"), {P: {}})
    change = here.the_change()
    assert (change.action, change.reason) == (Action.REMOVE, "gone from the spec")
    assert here.steps() == (PauseJob(P), Unassign(P, HR), DeleteResource(P, "p", "p"))
    assert here.plan().steps[2].needs == ("s1", "s2")


def test_an_app_gone_from_the_spec_without_a_job_only_loses_its_resource() -> None:
    here = World({}, live_app("p", job__enabled=None), {P: {}})
    assert here.steps() == (DeleteResource(P, "p", "p"),)


def test_an_app_that_was_taken_away_before_needs_nothing() -> None:
    assert World({}, {P: {"job.enabled": False}}, {P: {}}).diff().changes == ()


def test_an_app_whose_principal_is_gone_too_only_loses_its_resource() -> None:
    here = World({}, live_app("p", job__enabled=NOT_READ), {P: {}}, ids=Bindings(resources={P: "r"}))
    assert here.steps() == (DeleteResource(P, "p", "p"),)


@pytest.mark.parametrize("cells", [{"job__enabled": FAILED}, {"resource__resourceName": FAILED}])
def test_an_app_that_is_not_wholly_known_is_not_taken_away(cells: dict[str, object]) -> None:
    here = World(DECLARED, GROUPS | live_app("p", "hr", **cells), {P: {}})
    assert "only an app that is known is taken away" in here.the_change().blocked
    assert here.steps() == ()


def test_an_app_nobody_applied_is_never_taken_away() -> None:
    assert World(DECLARED, GROUPS | live_app("p", "hr"), {}).diff().changes == ()


def test_the_updaters_window_is_written_whole() -> None:
    here = World(
        updater(window__start="01:00"),
        updater(window__start="02:00:00", window__end="05:00:00", allowOverride=True),
    )
    change = here.the_change()
    assert (change.address, change.action) == (UPDATER, Action.CHANGE)
    assert here.steps() == (
        SetUpdater(
            {"window.start": "01:00", "window.end": "05:00:00"}, {"window.start": "02:00:00", "window.end": "05:00:00"}
        ),
    )


def test_the_updaters_deferral_is_cleared() -> None:
    here = World(updater(deferUntil=CLEAR), updater(deferUntil="2026-12-01T00:00:00Z"))
    assert here.steps() == (SetUpdater({"deferUntil": None}, {"deferUntil": "2026-12-01T00:00:00Z"}),)


def test_an_unreadable_updater_is_left_alone() -> None:
    here = World(updater(allowOverride=True), updater(allowOverride=FAILED))
    assert here.steps() == ()
    assert [unknown.key for unknown in here.diff().unverifiable] == ["allowOverride"]


def test_what_stands_on_hosts_is_unverifiable_without_facts() -> None:
    proxy = Address(Kind.PROXY, "ams")
    here = World({proxy: {"address": "http://proxy:8080", "enabled": True}}, {})
    assert here.diff().changes == ()
    assert {unknown.cell.reason for unknown in here.diff().unverifiable} == {Reason.NO_FACTS}


def test_a_field_in_sync_is_counted_whatever_the_ledger_says() -> None:
    here = World(wanted_app("p", resource__displayName="p"), live_app("p"), {P: {"resource.displayName": "old"}})
    assert here.diff().changes == ()
    assert here.diff().in_sync == 1


def test_without_a_ledger_everything_is_pending_and_a_note_says_so() -> None:
    here = World(wanted_app("p", job__enabled=False), live_app("p"))
    assert [field.cause for field in here.the_change().fields] == [Cause.PENDING]
    assert here.the_change().reason == "not yet as the spec says"
    assert any("no ledger" in note for note in here.diff().notes)
    assert kinds(here.steps()) == ["PauseJob"]


@pytest.mark.parametrize(
    ("live", "applied", "begins"),
    [
        ({"job.id": "j1", "job.status": "Paused"}, {"job.id": "j1"}, False),
        ({"job.id": "j1", "job.status": "NotRun"}, {"job.id": "j1"}, True),
        ({"job.id": "j1", "job.status": "NotConfigured"}, {}, True),
        ({"job.id": "j2", "job.status": "Paused"}, {"job.id": "j1"}, True),
        ({"job.id": "j1", "job.status": "Paused"}, {}, False),
        ({"job.id": None, "job.template": None}, {"job.id": "j1"}, True),
    ],
)
def test_a_job_that_never_ran_begins_with_everyone_in_scope(live, applied, begins) -> None:
    job = {"job.enabled": False} | live
    here = World(wanted_app("p", job__enabled=True), {P: live_app("p")[P] | job}, {P: applied})
    assert ("starts an initial cycle for everyone" in here.the_change().reason) is begins
