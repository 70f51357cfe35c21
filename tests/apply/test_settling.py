"""A wait is as long as the youngest edge needs, and no longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.apply.settling import left_to_settle, unsettled
from reconciler.model.states import Edge
from tests.apply.fake_service import BEGUN
from tests.apply.runs import AMS, FIN, HR, LON

OLD, YOUNG, UNKNOWN = Edge(AMS, HR), Edge(LON, HR), Edge(AMS, FIN)
SINCE = {OLD: BEGUN - timedelta(seconds=100), YOUNG: BEGUN - timedelta(seconds=10)}


@pytest.mark.parametrize(
    ("edges", "left"), [((), 0), ((OLD,), 0), ((YOUNG,), 20), ((OLD, YOUNG), 20), ((OLD, UNKNOWN), 30)]
)
def test_the_youngest_edge_decides(edges, left):
    assert left_to_settle(edges, 30, SINCE, BEGUN) == left


@given(st.floats(-1e6, 1e6), st.floats(0, 1e5))
def test_no_clock_makes_a_wait_longer_than_it_is_or_shorter_than_nothing(ago, seconds):
    since = {OLD: BEGUN - timedelta(seconds=ago)}
    assert 0 <= left_to_settle((OLD,), seconds, since, BEGUN) <= seconds


def test_what_an_earlier_run_left_unsettled_is_known():
    assert unsettled(SINCE, 30, BEGUN) == {YOUNG}
    assert unsettled(SINCE, 0, BEGUN) == frozenset()
