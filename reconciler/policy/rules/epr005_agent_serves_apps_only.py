"""EPR005: an agent that serves apps serves neither cloud sync nor an HR system."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.words import listed
from reconciler.policy.rules import pages
from reconciler.policy.rules.epr002_agent_in_a_group import PROVISIONS_APPS
from reconciler.policy.rules.reading import groups_by_agent, related

RULE = Rule(
    "EPR005",
    "An agent that serves apps serves neither cloud sync nor an HR system",
    "The documentation asks for separate agents. The service does not tell the purposes apart, so the spec declares "
    "each agent's.",
    page=pages.ARCHITECTURE,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Agents of another purpose that a group names as a member or as standing by."""
    desired = spec.desired
    grouped = groups_by_agent(desired)
    for agent in desired.of(Kind.AGENT):
        purpose = desired.text(agent.address, "purpose", PROVISIONS_APPS)
        groups = sorted(grouped.get(agent.address, ()))
        if purpose != PROVISIONS_APPS and groups:
            key = "agents" if agent.address in desired.members(groups[0]) else "standby"
            yield RULE.finding(
                f"{agent.address} is for {purpose} and also in {listed(groups)}",
                address=str(agent.address),
                place=desired.place(agent.address, "purpose"),
                related=related(desired.place(groups[0], key), f"{groups[0]} names it here"),
                found=purpose,
                expected=f"{PROVISIONS_APPS}, since a group of agents serves apps",
                hint="install another agent for the apps, or take this one out of the group",
            )
