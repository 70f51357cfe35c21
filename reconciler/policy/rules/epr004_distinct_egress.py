"""EPR004: the agents of a group use different outbound connections."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.words import counted, listed
from reconciler.policy.profiles import profile_of
from reconciler.policy.rules import pages

RULE = Rule(
    "EPR004",
    "The agents of a group use different outbound connections",
    "Agents hold an outbound connection to the cloud. Three agents behind one line go down with it together.",
    Severity.WARNING,
    fixed=False,
    page=pages.ARCHITECTURE,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Groups whose agents declare fewer outbound connections than their profile asks for.

    An agent that declares none may use any, so it counts as one of its own; and no more connections are asked of a
    group than it has agents, since too few agents is EPR003's.
    """
    for group in spec.desired.of(Kind.GROUP):
        profile = profile_of(spec.policy, group)
        members = spec.desired.members(group.address)
        egresses = [spec.desired.text(agent, "egress") for agent in members]
        declared = sorted({egress for egress in egresses if egress})
        asked = min(profile.distinct_egress, len(members)) if profile else 0
        if profile and len(declared) + egresses.count("") < asked:
            yield RULE.finding(
                f"{group.address} depends on {counted(len(declared), 'outbound connection')}; "
                f"{profile.name} asks for {asked}",
                address=str(group.address),
                place=spec.desired.place(group.address, "agents"),
                found=listed(declared),
                expected=f"{asked} different values of `egress`",
                hint="add an agent at another site, or one whose `egress` differs",
            )
