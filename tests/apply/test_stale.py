"""A plan is applied only while what it read still holds, and says which value moved."""

from __future__ import annotations

import pytest

from reconciler.apply.stale import MOST_SHOWN, moved, refuse_stale, refuse_unreviewed
from reconciler.errors import StalePlan
from reconciler.model.cells import ABSENT, Known
from reconciler.model.reviewed import reviewed_of
from reconciler.model.values import start_value
from tests.apply.runs import AMS, FIN, HR, LON, SQL, plan_of, tenant

FIELDS = [(HR, "displayName"), (HR, "agents"), (SQL, "group"), (SQL, "mapping/User"), (FIN, "isDefault")]


def start_of(live):
    return tuple(start_value(address, key, live.cell(address, key)) for address, key in FIELDS)


def planned(live):
    from msgspec.structs import replace

    return replace(plan_of(), start=start_of(live))


def test_a_plan_holds_while_nothing_that_it_read_moved():
    live = tenant()
    other = live.with_cells(FIN, {"displayName": Known("Money")})
    assert moved(start_of(live), other) == ()
    refuse_stale(planned(live), other)


@pytest.mark.parametrize(
    ("address", "key", "cell", "words"),
    [
        (HR, "displayName", Known("People\x1b\u202e"), 'was "HR", is "People\\u001b\\u202e"'),
        (HR, "agents", Known(frozenset({AMS, LON})), "is agent/ams, agent/lon"),
        (HR, "agents", Known(frozenset()), "is nobody"),
        (SQL, "group", ABSENT, "is nothing"),
        (SQL, "mapping/User", ABSENT, "is nothing"),
    ],
)
def test_each_value_that_moved_is_named_before_and_now(address, key, cell, words):
    live = tenant()
    now = live.with_cells(address, {key: cell})
    with pytest.raises(StalePlan) as stale:
        refuse_stale(planned(live), now)
    assert f"  {address} {key}: was " in stale.value.message
    assert words in stale.value.message
    assert stale.value.message.count("\n") == 1


def test_a_thing_that_is_gone_moved_in_every_value():
    live = tenant()
    assert {before.key for before, _ in moved(start_of(live), live.without(HR))} == {"displayName", "agents"}


def test_a_long_list_of_values_is_cut_and_counted():
    from msgspec.structs import replace

    live = tenant()
    many = tuple(start_value(HR, f"key{n}", Known("x")) for n in range(MOST_SHOWN + 5))
    with pytest.raises(StalePlan, match="and 5 more"):
        refuse_stale(replace(plan_of(), start=many), live)


def test_the_reviewed_plan_is_no_other():
    refuse_unreviewed(plan_of(), reviewed_of(plan_of()))


def test_a_long_difference_is_cut_and_counted():
    from reconciler.model.address import app
    from reconciler.model.plan import Action
    from reconciler.model.reviewed import Reviewed, ReviewedChange

    gone = (ReviewedChange(app(f"a{number}"), Action.ADD, "") for number in range(MOST_SHOWN + 3))
    with pytest.raises(StalePlan, match="and 3 more") as stale:
        refuse_unreviewed(plan_of(), Reviewed("", tuple(gone)))
    assert stale.value.message.count("\n") == MOST_SHOWN + 3


def test_where_the_changes_are_the_same_the_way_is_told_to_differ():
    from msgspec.structs import replace

    from reconciler.model.plan import Action, Change

    made = replace(plan_of(), changes=(Change(HR, Action.CHANGE, (), "", "sha256:1"),))
    with pytest.raises(StalePlan, match="the changes are the same; what they start from"):
        refuse_unreviewed(made, replace(reviewed_of(made), digest="sha256:other"))


def test_where_nothing_is_left_to_do_that_is_told():
    from reconciler.model.reviewed import Reviewed

    with pytest.raises(StalePlan, match="nothing is left to do"):
        refuse_unreviewed(plan_of(), Reviewed("sha256:other"))
