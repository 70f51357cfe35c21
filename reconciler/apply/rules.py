"""The rules about steps of an apply that did not come to a good end."""

from __future__ import annotations

from reconciler.model.rule import Rule

UNCONFIRMED = Rule(
    "EPR423",
    "What the service accepted shows when it is read back",
    "An answer alone proves nothing: reads come from copies that may lag, and a change can be lost on its way.",
)
NOBODY_KNOWS = Rule(
    "EPR424",
    "A call ends with an answer",
    "A call without an answer may have been carried out. Repeating it blindly could do it twice: it is read.",
)
UNSUITED = Rule(
    "EPR425",
    "The steps of a plan can be put in a row",
    "A step that needs a step which is not there, or which needs it in turn, can never be done.",
)
NEEDED_NOW = Rule(
    "EPR429",
    "What a step takes away is not needed when its turn comes",
    "While new memberships settle, agents go down and people change things. A step that would then leave an app with "
    "fewer active agents than it must have is not sent, nor is what depends on it.",
)

RULES = (UNCONFIRMED, NOBODY_KNOWS, UNSUITED, NEEDED_NOW)
