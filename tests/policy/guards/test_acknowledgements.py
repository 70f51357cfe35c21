"""An acknowledgement is for one change; left behind, it is reported."""

from __future__ import annotations

from reconciler.model.finding import Severity
from reconciler.model.plan import Ruling, Verdict
from reconciler.model.spec import Acknowledgement
from reconciler.policy.guards.acknowledgements import stale
from reconciler.policy.guards.case import covers, taken
from reconciler.policy.guards.registry import judge
from tests.policy.guards.cases import G, P, Q, case, change, removal

MADE = change(P, group=(G, None))


def test_one_without_a_digest_is_for_any_change_of_its_thing() -> None:
    assert covers(Acknowledgement(P), MADE)
    assert not covers(Acknowledgement(Q), MADE)


def test_one_with_a_digest_is_for_that_change_alone() -> None:
    assert covers(Acknowledgement(P, MADE.digest), MADE)
    assert not covers(Acknowledgement(P, "sha256:other"), MADE)


def test_one_for_another_change_is_stale_and_says_which_change_there_is() -> None:
    (finding,) = stale([Acknowledgement(P, "sha256:old"), Acknowledgement(P, MADE.digest), Acknowledgement(Q)], [MADE])
    assert (finding.severity, finding.found, finding.expected) == (Severity.WARNING, "sha256:old", MADE.digest)


def test_one_for_a_thing_that_does_not_change_is_to_be_taken_out() -> None:
    (finding,) = stale([Acknowledgement(Q, "sha256:old")], [MADE])
    assert (finding.expected, finding.hint) == ("", "take it out of `acks`")


def test_a_field_that_does_not_change_takes_nothing() -> None:
    assert taken(MADE, "group") == {G}
    assert taken(MADE, "agents") == frozenset()


def test_the_verdict_is_that_of_all_guards_and_the_worst_counts() -> None:
    here = case([removal(G)], managed=[G])
    assert judge(here).ruling is Ruling.REFUSED
    assert {result.guard for result in judge(here).guards} == {"floor", "removals"}
    assert judge(case([])) == Verdict()
