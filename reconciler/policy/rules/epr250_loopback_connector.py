"""EPR250: an app behind a connector on localhost has one agent."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules import pages
from reconciler.policy.rules.reading import connectors, group_of, keys, related

RULE = Rule(
    "EPR250",
    "A connector on localhost is served by one agent",
    "Each agent calls the tenant URL from its own host. On localhost that is a different connector host for each "
    "agent, yet an app has one. This is our own inference: the documentation shows localhost with a single agent.",
    Severity.WARNING,
    fixed=False,
    page=pages.SQL_CONNECTOR,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Apps whose tenant URL is on localhost and whose group has several agents."""
    for connector in connectors(spec):
        group = group_of(spec.desired, connector.app) if connector.is_on_loopback else None
        members = spec.desired.members(group) if group else frozenset()
        if group and len(members) > 1:
            yield RULE.finding(
                f"{connector.app} is reached on localhost by {len(members)} agents, each calling its own host",
                address=str(connector.app),
                place=spec.desired.place(connector.app, "connector.url"),
                related=related(spec.desired.place(group, "agents"), f"the members of {group}: {keys(members)}"),
                found=connector.url,
                expected="the name of the one connector host, or a group of one agent",
                hint="write the connector host's DNS name; its certificate must bear that name",
            )
