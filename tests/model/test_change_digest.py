"""The word for a move is for the move: it holds whatever else the same change does, and whichever surfaces are read."""

from __future__ import annotations

from reconciler.model.address import app, group
from reconciler.model.change_codec import change_digest
from reconciler.model.plan import Action, Cause, FieldChange

MOVE = FieldChange("group", frozenset({group("hr")}), frozenset({group("finance")}), Cause.PENDING)
SCOPE = FieldChange("provisioning.scope", "all", "assigned", Cause.PENDING)
URL = FieldChange("connector.url", "https://a", "https://b", Cause.PENDING)


def digest(*parts: FieldChange) -> str:
    return change_digest(app("sql"), Action.MOVE, parts)


def test_what_ties_an_app_to_agents_has_the_same_digest_with_and_without_the_rest() -> None:
    assert digest(MOVE) == digest(MOVE, SCOPE) == digest(URL, MOVE)
    assert digest(MOVE) != digest(SCOPE)


def test_a_change_that_ties_nothing_is_told_by_all_of_it() -> None:
    assert len({digest(SCOPE), digest(URL), digest(SCOPE, URL)}) == 3
