"""Apps that fewer active agents serve in the end are asked for, by the changes that take the others away."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.model.address import Address
from reconciler.model.plan import Action, Cause, Change, FieldChange, GuardResult, Ruling
from reconciler.model.spec import Policy, Profile
from reconciler.policy.guards.availability import check
from reconciler.policy.guards.interruption import check as check_interruption
from tests.policy.guards.cases import G, H, P, Q, case, change, live_app, live_group, members, removal

TWO = Policy(availability="two", profiles={"two": Profile("two", min_active=2)})


def judged(
    made: list[Change], start: dict[Address, object], final: dict[Address, object], *acks: Address
) -> list[GuardResult]:
    return list(check(case(made, start=start, final=final, policy=TWO, acks=acks)))


def leaving(*left: str) -> list[Change]:
    return [change(G, agents=(members("a", "b", "c"), members(*left)))]


START = live_group("g", "a", "b", "c") | live_app("p", "g") | live_app("q", "g")


def test_apps_of_a_group_that_shrinks_below_its_profile_are_named_together() -> None:
    (result,) = judged(leaving("a"), START, START | live_group("g", "a"))
    assert result.message == "app/p, app/q would be left with 1 active agent"
    assert (result.ruling, result.measured, result.limit) == (Ruling.REFUSED, "1", "at least 2")
    assert [address for address, _ in result.addresses] == [G]


def test_a_group_that_keeps_what_its_profile_asks_for_passes() -> None:
    assert not judged(leaving("a", "b"), START, START | live_group("g", "a", "b"))


def test_too_few_before_are_nobodys_doing() -> None:
    start = live_group("g", "a", "gone") | live_app("p", "g")
    made = [change(G, agents=(members("a", "gone"), members("a")))]
    assert not judged(made, start, start | live_group("g", "a"))


def test_a_move_to_a_group_of_fewer_agents_is_asked_for_at_the_app() -> None:
    start = START | live_group("h", "d")
    moved = [change(P, Action.MOVE, group=(frozenset({G}), H))]
    (result,) = judged(moved, start, start | live_app("p", "h"))
    assert [address for address, _ in result.addresses] == [P]


def test_an_app_that_is_taken_away_needs_nobody() -> None:
    gone = removal(P, group=frozenset({G}))
    assert not judged([gone], live_group("g", "a") | live_app("p", "g"), live_group("g", "a"))


def test_changes_that_take_nothing_away_are_not_asked_for() -> None:
    assert not judged([change(Q, **{"job.enabled": (True, False)})], START, START)


def test_a_persons_word_lets_it_pass() -> None:
    (result,) = judged(leaving(), START, START | live_group("g"), G)
    assert result.ruling is Ruling.ACKNOWLEDGED


def test_an_interruption_is_asked_for_at_the_app_and_says_how_long() -> None:
    made = [change(P, Action.MOVE), change(Q)]
    (result,) = check_interruption(case(made, interrupted=(P,)))
    assert (result.ruling, result.measured) == (Ruling.REFUSED, "20 min")
    assert [address for address, _ in result.addresses] == [P]


def test_an_app_that_is_gone_from_the_spec_is_asked_for_while_its_job_runs() -> None:
    running = replace(
        removal(P, group=frozenset({G})),
        fields=(FieldChange("job.enabled", before=True, after=False, cause=Cause.PENDING),),
    )
    made = [running, removal(Q, group=frozenset({G}))]
    (asked,) = check_interruption(case(made))
    assert (asked.ruling, [address for address, _ in asked.addresses]) == (Ruling.REFUSED, [P])
    (given,) = check_interruption(case(made, acks=(P,)))
    assert given.ruling is Ruling.ACKNOWLEDGED


def test_a_job_that_the_spec_pauses_is_not_asked_for() -> None:
    assert not list(check_interruption(case([change(P, **{"job.enabled": (True, False)})])))
