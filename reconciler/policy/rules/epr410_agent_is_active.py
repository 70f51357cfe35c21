"""EPR410: an agent that the spec puts into a group is active."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState
from reconciler.policy.rules import pages

RULE = Rule(
    "EPR410",
    "A declared agent is active",
    "An agent that is silent for ten minutes is inactive: its groups live on the others, and nobody is told. "
    "A standby agent is stopped on purpose.",
    Severity.WARNING,
    fixed=False,
    page=pages.ARCHITECTURE,
)


def check_live(spec: Spec, live: LiveState) -> Iterator[Finding]:
    """One warning for each agent that is a member in the spec and is known not to be active."""
    members = {agent for group in spec.desired.of(Kind.GROUP) for agent in spec.desired.members(group.address)}
    for agent in sorted(members):
        if live.text(agent, "status").casefold() == "inactive":
            yield RULE.finding(
                f"{agent} is inactive",
                address=str(agent),
                place=spec.desired.place(agent, "machineName"),
                found="inactive",
                expected="active",
                hint="look at the service AADConnectProvisioningAgent on this host",
            )
