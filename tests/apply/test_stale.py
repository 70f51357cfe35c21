"""A plan is applied only while what it read still holds, and says which value moved."""

from __future__ import annotations

import pytest

from reconciler.apply.stale import MOST_SHOWN, moved, refuse_stale
from reconciler.errors import StalePlan
from reconciler.model.cells import ABSENT, Known
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
