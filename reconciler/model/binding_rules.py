"""The rules about finding the live object that a key of the spec stands for."""

from __future__ import annotations

from reconciler.model.finding import Severity
from reconciler.model.rule import Rule

_AGENT = "https://learn.microsoft.com/graph/api/resources/onpremisesagent"
_GROUP = "https://learn.microsoft.com/graph/api/resources/onpremisesagentgroup"

TWO_CANDIDATES = Rule(
    "EPR401",
    "A name stands for one live object",
    "Writing to the wrong one of two objects with one name is worse than writing to none.",
)
STALE_AGENT = Rule(
    "EPR402",
    "An agent that registered anew leaves a stale object behind",
    "A stale agent object never becomes active again, and confuses whoever counts agents.",
    Severity.WARNING,
    page=_AGENT,
)
NO_AGENT = Rule(
    "EPR403",
    "An expected agent is registered",
    "Agents register themselves when they are installed; nothing else can create one.",
    Severity.WARNING,
    page=_AGENT,
)
NO_PRINCIPAL = Rule(
    "EPR404",
    "An app's service principal exists",
    "This program never creates service principals: what an app without one needs is blocked until somebody does.",
    Severity.WARNING,
)
NO_SUCH_ID = Rule(
    "EPR405",
    "An id of the spec names a live object",
    "An id that names nothing is a typing mistake or a deleted object; its name must not decide instead.",
)
DEFAULT_GROUP = Rule(
    "EPR406",
    "The default group keeps its name",
    "The system creates the default group and needs it: it is never renamed and never deleted.",
    page=_GROUP,
)
BOUND_TWICE = Rule(
    "EPR407",
    "A live object has one key",
    "Two keys for one live object would undo each other's changes for ever.",
)
REGISTERED_ANEW = Rule(
    "EPR408",
    "A key follows an agent that registered anew",
    "An agent that is installed again gets a new object without memberships: they have to be made again.",
    Severity.WARNING,
    page=_AGENT,
)
LEDGER_DISAGREES = Rule(
    "EPR409",
    "A key does not silently change its live object",
    "The name of an agent, a published resource or a principal finds an object and is never written. Where it is "
    "another object's by now, only a person knows which of the two the key stands for.",
)

RULES = (
    TWO_CANDIDATES,
    STALE_AGENT,
    NO_AGENT,
    NO_PRINCIPAL,
    NO_SUCH_ID,
    DEFAULT_GROUP,
    BOUND_TWICE,
    REGISTERED_ANEW,
    LEDGER_DISAGREES,
)
