"""A plan holds what it depends on, what it reaches, what it costs, and what the guards say of it."""

from __future__ import annotations

import dataclasses

from msgspec.structs import replace

from reconciler.model.address import UPDATER, Address, Kind, agent, app, group
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.codec import plan_from_json, plan_to_json
from reconciler.model.fields import Surface
from reconciler.model.mappings import DesiredAttribute, DesiredMapping, ObjectMapping, Source, SourceKind
from reconciler.model.plan import Fewest, Ruling
from reconciler.model.secret import SecretSource
from reconciler.model.spec import Acknowledgement, Profile
from reconciler.plan.calls import AGREEING_READS, TOPOLOGY_READS
from reconciler.plan.planner import stale_acknowledgements
from tests.plan.worlds import (
    FAILED,
    MASKED,
    World,
    live_agents,
    live_app,
    live_group,
    updater,
    wanted_agents,
    wanted_app,
    with_profile,
)

P, G, H = app("p"), group("g"), group("h")
UPN = DesiredMapping("User", "User", attributes={"mail": DesiredAttribute("mail", Source(SourceKind.ATTRIBUTE, "upn"))})
HELD = ObjectMapping("User", "User")


def swap() -> World:
    return World(
        wanted_agents("a", "b", "c") | {G: {"agents": ["b", "c"]}} | wanted_app("p", "g"),
        live_agents("a", "b", "c") | live_group("g", "a", "c") | live_app("p", "g"),
    )


def start(here: World) -> dict[str, str]:
    return {f"{value.address} {value.key}": value.text for value in here.plan().start}


def goal(here: World) -> dict[str, str]:
    return {f"{value.address} {value.key}": value.text for value in here.plan().goal}


def test_a_plan_says_for_whom_it_is() -> None:
    made = swap().plan()
    assert (made.service, made.tenant_id) == ("emulator", "t-1")


def test_a_plan_survives_its_document() -> None:
    made = swap().plan()
    assert plan_from_json(plan_to_json(made)).digest == made.digest


def test_nothing_to_do_is_an_empty_plan() -> None:
    made = World(wanted_app("p", "g"), live_group("g") | live_app("p", "g"), {}).plan()
    assert made.is_empty
    assert (made.start, made.goal, made.budget.calls, made.verdict.fewest) == ((), (), 0, None)


def test_start_holds_every_value_that_the_order_and_the_guards_counted() -> None:
    assert start(swap()) == {
        "agent/a status": '{"known":"active"}',
        "agent/b status": '{"known":"active"}',
        "agent/c status": '{"known":"active"}',
        "app/p group": '{"known":{"refs":["group/g"]}}',
        "group/g agents": '{"known":{"refs":["agent/a","agent/c"]}}',
    }


def test_goal_holds_what_every_changed_field_becomes() -> None:
    assert goal(swap()) == {"group/g agents": '{"known":{"refs":["agent/b","agent/c"]}}'}


def test_start_and_goal_of_a_mapping_are_the_whole_mapping_and_its_job() -> None:
    here = World(
        wanted_app("p", **{"mapping/User": UPN}) | wanted_app("q", **{"mapping/User": UPN}),
        live_app("p", **{"mapping/User": HELD}) | live_app("q", **{"mapping/User": HELD}),
    )
    assert set(start(here)) == {f"app/{key} {cell}" for key in "pq" for cell in ("job.id", "mapping/User")}
    before, after = start(here)["app/p mapping/User"], goal(here)["app/p mapping/User"]
    assert before == start(here)["app/q mapping/User"]
    assert before != after


def test_the_goal_of_a_secret_is_its_version_and_no_plan_holds_more() -> None:
    source = SecretSource(3, env="TOKEN")
    here = World(wanted_app("p", connector__secretToken=source), live_app("p", connector__secretToken=MASKED))
    assert '"version":3' in goal(here)["app/p connector.secretToken"]
    assert "unreadable" in start(here)["app/p connector.secretToken"]


def test_an_interruption_depends_on_whether_the_job_runs() -> None:
    here = World(
        {G: {}, H: {}} | wanted_app("p", "h"),
        live_agents("a", "b") | live_group("g", "a") | live_group("h", "b") | live_app("p", "g"),
        several=False,
    )
    assert "app/p job.enabled" in start(here)


def test_ids_name_every_object_that_the_steps_speak_of() -> None:
    here = swap()
    here.desired |= wanted_app("p", "g", job__enabled=False) | updater(allowOverride=True)
    here.live |= updater(allowOverride=False)
    made = here.plan()
    assert made.ids == {
        agent("a"): "a-a",
        agent("b"): "a-b",
        G: "g-g",
        P: "p-p",
        P.within("resource"): "a-p",
        P.within("job"): "j-p",
    }
    assert UPDATER not in made.ids


def test_ids_name_live_objects_that_no_key_stands_for() -> None:
    stranger = Address.unbound(Kind.AGENT, "x9")
    here = World({G: {"agents": []}}, {stranger: {"machineName": "x"}} | live_group("g"))
    here.live[G] = {**here.live[G], "agents": frozenset({stranger})}
    assert here.plan().ids[stranger] == "x9"


def test_what_a_step_creates_has_no_id_yet() -> None:
    here = World({H: {"displayName": "H"}}, {})
    assert here.plan().ids == {}


def test_the_budget_counts_calls_writes_and_waits() -> None:
    made = swap().plan()
    assert (made.budget.writes, made.budget.settling) == (2, 1200)
    looked_at_again = TOPOLOGY_READS  # Before the removal, which comes after a wait.
    assert made.budget.calls == 2 + 2 * TOPOLOGY_READS * AGREEING_READS + looked_at_again
    assert 1200 < made.budget.seconds < 1210


def test_the_budget_of_apps_counts_batches() -> None:
    keys = [f"p{n}" for n in range(21)]
    wanted = {address: cells for key in keys for address, cells in wanted_app(key, **{"mapping/User": UPN}).items()}
    live = {address: cells for key in keys for address, cells in live_app(key, **{"mapping/User": HELD}).items()}
    made = World(wanted, live).plan()
    assert made.budget.calls == 21 * 3 + 2 * 2 * AGREEING_READS
    assert made.steps[0].calls == 3


def test_a_job_costs_a_look_at_the_templates_and_what_is_written_is_looked_at_in_one_batch() -> None:
    none = {"job__id": None, "job__template": None, "job__enabled": None}
    here = World(
        wanted_app("p", job__template="default") | wanted_app("q", job__template="t") | updater(allowOverride=True),
        live_app("p", **none) | live_app("q", **none),
    )
    assert sorted((type(each.step).__name__, each.calls) for each in here.plan().steps) == [
        ("CreateJob", 2),
        ("CreateJob", 2),
        ("SetUpdater", 1),
    ]
    assert here.plan().budget.calls == 5 + (TOPOLOGY_READS + 1) * AGREEING_READS


def test_the_fewest_agents_at_any_moment_are_counted() -> None:
    assert swap().plan().verdict.fewest == Fewest(G, 2, 2)


def test_of_groups_the_one_with_the_smallest_margin_is_named() -> None:
    here = swap()
    here.desired |= {H: {"agents": ["c"]}} | wanted_app("q", "h")
    here.live |= live_group("h", "a") | live_app("q", "h")
    assert here.plan().verdict.fewest == Fewest(H, 1, 1)


def test_where_no_group_changes_all_of_them_count() -> None:
    here = World(
        {G: {}} | wanted_app("p", "g", job__enabled=False), live_agents("a") | live_group("g", "a") | live_app("p", "g")
    )
    assert here.plan().verdict.fewest == Fewest(G, 1, 1)


def test_an_app_that_nobody_serves_while_it_moves_is_the_fewest_acknowledged_or_not() -> None:
    here = World(
        {G: {}, H: {}} | wanted_app("p", "h", job__enabled=True),
        live_agents("a", "b", "c") | live_group("g", "a", "c") | live_group("h", "b") | live_app("p", "g"),
        several=False,
    )
    refused, accepted = here.plan(), dataclasses.replace(here, acks=(Acknowledgement(P),)).plan()
    assert (refused.verdict.ruling, accepted.verdict.ruling) == (Ruling.REFUSED, Ruling.ACKNOWLEDGED)
    assert refused.verdict.fewest == accepted.verdict.fewest == Fewest(G, 0, 2, (P,))


def test_what_nobody_manages_has_the_names_that_the_service_gives_it() -> None:
    one, two, bare = (
        Address.unbound(kind, key) for kind, key in ((Kind.GROUP, "g9"), (Kind.APP, "r9"), (Kind.AGENT, "a9"))
    )
    here = World({}, {one: {"displayName": "Print"}, two: {"resource.resourceName": "print"}, bare: {}})
    made = here.plan()
    assert set(made.unmanaged) == {one, two, bare}
    assert made.names == {one: "Print", two: "print"}


def test_whoever_bears_the_name_of_a_thing_that_nobody_manages_is_told_from_it() -> None:
    stranger = Address.unbound(Kind.GROUP, "g9")
    here = World({G: {"displayName": "Print"}}, live_group("g", name="Print") | {stranger: {"displayName": "print"}})
    assert here.plan().names == {G: "Print", stranger: "print"}


def test_a_stale_acknowledgement_is_a_warning_and_a_note() -> None:
    here = swap()
    old = Acknowledgement(G, "sha256:old")
    here.policy = replace(here.policy, acknowledgements=(old, Acknowledgement(P)))
    (finding,) = stale_acknowledgements(here.spec, here.state, here.plan().changes)
    assert (finding.rule, finding.address) == ("EPR301", "group/g")
    assert finding.expected == here.plan().changes[0].digest
    assert any("acknowledgement of group/g" in note for note in here.plan().notes)


def test_an_acknowledgement_with_the_digest_of_a_change_counts() -> None:
    here = World(
        wanted_agents("a", "b") | {G: {"agents": ["a"]}} | wanted_app("p", "g"),
        live_agents("a", "b") | live_group("g", "a", "b") | live_app("p", "g"),
    )
    here = with_profile(here, Profile("two", min_active=2))
    refused = here.plan()
    assert refused.verdict.ruling is Ruling.REFUSED
    here.policy = replace(here.policy, acknowledgements=(Acknowledgement(G, refused.changes[0].digest),))
    accepted = here.plan()
    assert accepted.verdict.ruling is Ruling.ACKNOWLEDGED
    assert accepted.digest == refused.digest


def test_guards_count_what_is_managed_and_nothing_else() -> None:
    ours = {group(key): {"displayName": key} for key in ("g1", "g2", "g3", "g4")}
    live = {address: {"displayName": cells["displayName"], "agents": ()} for address, cells in ours.items()}
    others = {Address.unbound(Kind.GROUP, str(n)): {"displayName": str(n), "agents": ()} for n in range(50)}
    here = World(
        {**ours, group("new"): {"displayName": "N"}, P: {"job.enabled": True}},
        {**live, **others, **live_group("gone"), P: {"job.template": "t", "job.enabled": True}},
        {group("gone"): {}},
    )
    (guard,) = [guard for guard in here.plan().verdict.guards if guard.guard == "removals"]
    assert (guard.ruling, guard.message) == (Ruling.PASS, "1 of 5 groups would be removed")


def test_an_unreadable_world_plans_nothing() -> None:
    here = World({G: {"displayName": "G"}}, {G: {"displayName": FAILED}})
    assert here.plan().is_empty
    assert here.plan().unverifiable


def test_where_nobody_looked_at_the_topology_no_acknowledgement_is_stale() -> None:
    here = swap()
    here.policy = replace(here.policy, acknowledgements=(Acknowledgement(G, "sha256:old"),))
    unseen = replace(here.state, unread={Surface.TOPOLOGY: Unreadable(Reason.OUT_OF_SCOPE)})
    assert stale_acknowledgements(here.spec, unseen, ()) == ()
