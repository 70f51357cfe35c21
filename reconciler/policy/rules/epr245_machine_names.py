"""EPR245: an agent is known by its machine."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules.naming import name_clashes

RULE = Rule(
    "EPR245",
    "Two agents run on different machines",
    "An agent is found at the service by the name of its machine, compared without case, and a machine runs one agent.",
)


def check(spec: Spec) -> Iterator[Finding]:
    """Agents whose machineName an earlier one has."""
    return name_clashes(spec, RULE, Kind.AGENT, "machineName", hint="a machine runs one agent: take one of them out")
