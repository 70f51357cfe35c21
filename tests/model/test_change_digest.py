"""The word for a move is for the move: it holds whatever else the same change does, and whichever surfaces are read."""

from __future__ import annotations

from reconciler.model.address import app, group
from reconciler.model.change_codec import acknowledged_digest, change_digest
from reconciler.model.plan import Action, Cause, Change, FieldChange

MOVE = FieldChange("group", frozenset({group("hr")}), frozenset({group("finance")}), Cause.PENDING)
SCOPE = FieldChange("provisioning.scope", "all", "assigned", Cause.PENDING)
URL = FieldChange("connector.url", "https://a", "https://b", Cause.PENDING)


def acknowledged(*parts: FieldChange) -> str:
    whole = change_digest(app("sql"), Action.MOVE, parts)
    return acknowledged_digest(Change(app("sql"), Action.MOVE, parts, "the spec changed", whole))


def test_what_ties_an_app_to_agents_has_the_same_word_with_and_without_the_rest() -> None:
    assert acknowledged(MOVE) == acknowledged(MOVE, SCOPE) == acknowledged(URL, MOVE)
    assert acknowledged(MOVE) != acknowledged(SCOPE)


def test_a_change_that_ties_nothing_is_told_by_all_of_it() -> None:
    assert len({acknowledged(SCOPE), acknowledged(URL), acknowledged(SCOPE, URL)}) == 3
