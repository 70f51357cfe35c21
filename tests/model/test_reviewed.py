"""What was reviewed is read from its own document and from a plan's, and tells which changes are others now."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.model.address import app, group
from reconciler.model.codec import plan_to_json, sealed
from reconciler.model.documents import Malformed
from reconciler.model.plan import Action, Budget, Change, Plan, Verdict
from reconciler.model.reviewed import (
    Reviewed,
    ReviewedChange,
    differences,
    is_digest,
    reviewed_from_json,
    reviewed_of,
    reviewed_to_json,
)

DIGEST = f"sha256:{'0a' * 32}"


def change(address, digest="sha256:1", action=Action.CHANGE):
    return Change(address, action, (), "because", digest)


def plan_with(*changes):
    return sealed(Plan("emulator", "tenant", (), (), changes, (), Verdict(), Budget(), ""))


def test_a_plan_and_what_is_kept_of_it_are_read_alike():
    made = plan_with(change(app("hr")), change(group("hr"), action=Action.ADD))
    kept = reviewed_of(made)
    assert kept == Reviewed(
        made.digest,
        (
            ReviewedChange(app("hr"), Action.CHANGE, "sha256:1"),
            ReviewedChange(group("hr"), Action.ADD, "sha256:1"),
        ),
    )
    assert reviewed_from_json(reviewed_to_json(kept)) == kept
    assert reviewed_from_json(plan_to_json(made)) == kept


def test_a_digest_alone_is_enough():
    assert is_digest(DIGEST)
    assert reviewed_from_json(reviewed_to_json(Reviewed(DIGEST))) == Reviewed(DIGEST, None)


@pytest.mark.parametrize("words", ["", "sha256:", DIGEST.upper(), DIGEST + "0", DIGEST + "\n", "reviewed.json"])
def test_what_is_no_digest_is_none(words):
    assert not is_digest(words)


@pytest.mark.parametrize(
    "document",
    [
        None,
        {"version": 2, "digest": DIGEST},
        {"version": 1, "digest": "sha256:1"},
        {"version": 1, "digest": DIGEST, "changes": {}},
        {"version": 1, "digest": DIGEST, "changes": [{"address": "app/hr", "action": "paint", "digest": ""}]},
        {"version": 1, "digest": DIGEST, "changes": [{"address": "hr", "action": "add", "digest": ""}]},
    ],
)
def test_what_is_no_such_document_is_refused(document):
    with pytest.raises(Malformed):
        reviewed_from_json(document)


def test_every_change_that_differs_is_told_and_no_other():
    reviewed = reviewed_of(plan_with(change(app("a")), change(app("b"), "sha256:old"), change(app("c"))))
    made = plan_with(change(app("a")), change(app("b"), "sha256:new"), change(app("d"), action=Action.ADD))
    told = [(action, address, words.partition(":")[0]) for action, address, words in differences(reviewed, made)]
    assert told == [
        (Action.CHANGE, app("b"), "is another"),
        (Action.CHANGE, app("c"), "is gone"),
        (Action.ADD, app("d"), "is new"),
    ]


def test_without_the_reviewed_changes_nothing_is_said_to_be_new():
    assert list(differences(Reviewed(DIGEST), plan_with(change(app("a"))))) == []


def test_the_same_changes_do_not_differ():
    made = plan_with(change(app("a")))
    assert list(differences(replace(reviewed_of(made), digest=DIGEST), made)) == []
