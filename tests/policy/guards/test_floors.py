"""A removal that leaves next to nothing is asked for, whatever the percentage."""

from __future__ import annotations

import pytest

from reconciler.model.address import Kind
from reconciler.model.plan import Action, Ruling
from reconciler.model.spec import Limits
from reconciler.policy.guards.floors import check
from tests.policy.guards.cases import G, H, P, case, change, live_app, live_group, members, named, removal


def emptied(left: tuple[str, ...], floor: int = 1) -> list[object]:
    leaving = change(G, agents=(members("a", "b"), members(*left)))
    return list(check(case([leaving], final=live_group("g", *left), limits=Limits(floor=floor))))


def test_a_group_that_loses_its_last_agent_is_asked_for() -> None:
    (result,) = emptied(())
    assert (result.ruling, result.message) == (Ruling.REFUSED, "group/g would be left with 0 agents")
    assert [address for address, _ in result.addresses] == [G]


@pytest.mark.parametrize(("left", "floor", "asked"), [(("a",), 1, 0), (("a",), 2, 1), ((), 0, 0)])
def test_the_floor_is_the_policys(left: tuple[str, ...], floor: int, asked: int) -> None:
    assert len(emptied(left, floor)) == asked


def test_a_group_that_loses_nobody_may_be_below_the_floor() -> None:
    assert not list(check(case([change(G, displayName=("a", "b"))], final=live_group("g"))))


def test_a_group_that_is_deleted_is_not_asked_for_its_agents() -> None:
    results = list(check(case([removal(G, agents=members("a"))], managed=[G, H])))
    assert results == []


def test_an_app_that_is_left_without_a_group_is_asked_for() -> None:
    (result,) = check(case([change(P, group=(frozenset({G}), None))], final=live_app("p")))
    assert [address for address, _ in result.addresses] == [P]


def test_an_app_that_moves_is_left_with_a_group() -> None:
    moved = change(P, Action.MOVE, group=(frozenset({G}), H))
    assert not list(check(case([moved], final=live_app("p", "h"))))


@pytest.mark.parametrize("kind", [Kind.GROUP, Kind.APP])
def test_the_last_of_a_kind_is_asked_for(kind: Kind) -> None:
    (only,) = named(kind, 1)
    (result,) = check(case([removal(only)], managed=[only]))
    assert (result.measured, result.limit) == ("0", "at least 1")


def test_a_replacement_counts_as_left() -> None:
    only, new = named(Kind.GROUP, 2)
    assert not list(check(case([removal(only), change(new, Action.ADD)], managed=[only])))


def test_a_persons_word_lets_it_pass() -> None:
    (only,) = named(Kind.GROUP, 1)
    (result,) = check(case([removal(only)], managed=[only], acks=[only]))
    assert (result.ruling, result.addresses) == (Ruling.ACKNOWLEDGED, ())
