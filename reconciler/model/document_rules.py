"""The rules about documents that this program wrote and reads back: plans and ledgers."""

from __future__ import annotations

from reconciler.model.rule import Rule

SHAPE = Rule(
    "EPR191",
    "A document has the shape that this program writes",
    "What a document does not say in its own form is not guessed: a plan that is half understood must not be applied.",
)
NEWER = Rule(
    "EPR192",
    "A document is of a version that this program reads",
    "A newer version may mean more than this program understands, and an older one may mean something else.",
)
TAMPERED = Rule(
    "EPR193",
    "A plan is as it was made",
    "A plan is reviewed and acknowledged by its digest; one that says something else by now was never reviewed.",
)

RULES = (SHAPE, NEWER, TAMPERED)
