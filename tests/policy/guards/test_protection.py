"""Whatever removes or moves a protected thing is asked for."""

from __future__ import annotations

import pytest

from reconciler.model.address import agent
from reconciler.model.plan import Action, Change, Ruling
from reconciler.policy.guards.protection import check
from tests.policy.guards.cases import G, H, P, Q, case, change, members, removal

MOVED = change(P, Action.MOVE, group=(frozenset({G}), H))
UNASSIGNED = change(P, group=(frozenset({G}), None))
MEMBERS = change(G, agents=(members("a", "b"), members("b")))
PART = change(P, **{"mapping/User/mail": ("mail", None)})


@pytest.mark.parametrize(
    ("protected", "made", "said"),
    [
        (P, removal(P), "app/p is protected, and would be removed"),
        (P, MOVED, "app/p is protected, and would be moved or renamed"),
        (P, UNASSIGNED, "app/p is protected, and would be unassigned"),
        (G, change(G, Action.MOVE, displayName=("a", "b")), "group/g is protected, and would be moved or renamed"),
        (agent("a"), MEMBERS, "agent/a is protected, and would leave group/g"),
        (P.within("mapping/User/mail"), PART, "app/p/mapping/User/mail is protected, and would be removed"),
    ],
)
def test_what_happens_to_it_is_said(protected: object, made: Change, said: str) -> None:
    (result,) = check(case([made], protect=[protected]))
    assert (result.ruling, result.message) == (Ruling.REFUSED, said)
    assert result.addresses == ((made.address, made.digest),)


@pytest.mark.parametrize(
    ("protected", "made"),
    [
        (Q, MOVED),
        (P, change(P, **{"job.enabled": (True, False)})),
        (P, change(P, Action.ADD, group=(None, G))),
        (agent("b"), MEMBERS),
        (P.within("mapping/User/mail"), change(P, **{"mapping/User/mail": ("mail", "upn")})),
        (P.within("mapping/User/mail"), change(P, **{"mapping/User/mail": (None, "upn")})),
    ],
)
def test_what_neither_goes_nor_moves_passes(protected: object, made: Change) -> None:
    assert not list(check(case([made], protect=[protected])))


def test_a_persons_word_lets_it_pass() -> None:
    (result,) = check(case([MOVED], protect=[P], acks=[P]))
    assert result.ruling is Ruling.ACKNOWLEDGED
