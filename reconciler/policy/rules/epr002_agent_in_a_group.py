"""EPR002: every agent that provisions apps is in a group."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.fields import Surface
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules import pages
from reconciler.policy.rules.reading import declares_members, groups_by_agent

PROVISIONS_APPS = "app-provisioning"
"""The purpose of an agent that names none."""

RULE = Rule(
    "EPR002",
    "Every agent is in at least one group",
    "An agent outside all groups serves no app: it is paid for, patched and watched for nothing, and whoever counts "
    "agents counts it in. An agent that stands by for a group is accounted for.",
    page=pages.AGENT,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Agents that provision apps, are no member of a group and stand by for none.

    Where the spec leaves the members of a group unmanaged, nobody can tell, and nothing is reported.
    """
    desired = spec.desired
    undecided = any(not declares_members(desired, group.address) for group in desired.of(Kind.GROUP))
    if undecided or Surface.TOPOLOGY not in spec.surfaces:
        return
    grouped = groups_by_agent(desired)
    for agent in desired.of(Kind.AGENT):
        purpose = desired.text(agent.address, "purpose", PROVISIONS_APPS)
        if purpose == PROVISIONS_APPS and agent.address not in grouped:
            yield RULE.finding(
                f"{agent.address} is in no group",
                address=str(agent.address),
                place=agent.place,
                found="no group names it",
                expected="at least one group, as a member or standing by",
                hint="add it to `agents` or `standby` of a group, or take it out of the spec",
            )
