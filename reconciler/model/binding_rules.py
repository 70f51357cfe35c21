"""The rules about finding the live object that a key of the spec stands for."""

from __future__ import annotations

from reconciler.model.finding import Severity
from reconciler.model.rule import Rule

TWO_CANDIDATES = Rule(
    "EPR401",
    "A name stands for one live object",
    "Writing to the wrong one of two objects with one name is worse than writing to none.",
)
STALE_AGENT = Rule(
    "EPR402",
    "An agent that registered anew leaves a stale object behind",
    "Stale agent objects never become active again, and confuse whoever counts agents.",
    Severity.WARNING,
)
NO_AGENT = Rule(
    "EPR403",
    "An expected agent is registered",
    "Agents register themselves when they are installed; nothing else can create one.",
    Severity.WARNING,
)
NO_PRINCIPAL = Rule(
    "EPR404",
    "An app's service principal exists",
    "This program never creates service principals: an app without one cannot be provisioned.",
)
NO_SUCH_ID = Rule(
    "EPR405",
    "An id of the spec names a live object",
    "An id that names nothing is a typing mistake or a deleted object; its name must not decide instead.",
)
DEFAULT_GROUP = Rule(
    "EPR406",
    "The default group is not managed",
    "The system creates the default group and needs it: it is never renamed, emptied or deleted.",
)
BOUND_TWICE = Rule(
    "EPR407",
    "A live object has one key",
    "Two keys for one live object would undo each other's changes for ever.",
)

RULES = (TWO_CANDIDATES, STALE_AGENT, NO_AGENT, NO_PRINCIPAL, NO_SUCH_ID, DEFAULT_GROUP, BOUND_TWICE)
