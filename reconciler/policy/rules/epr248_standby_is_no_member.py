"""EPR248: an agent that stands by for a group is no member of it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules import pages
from reconciler.policy.rules.reading import keys, related

RULE = Rule(
    "EPR248",
    "An agent that stands by for a group is no member of it",
    "A standby agent is installed, stopped and not assigned: a failover stops the active one, takes it out and puts "
    "the standby in. An agent that is both would be called while it is stopped.",
    page=pages.ARCHITECTURE,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Groups that name one agent both as a member and as standing by."""
    for group in spec.desired.of(Kind.GROUP):
        both = spec.desired.members(group.address) & spec.desired.members(group.address, "standby")
        if both:
            yield RULE.finding(
                f"{group.address} names {keys(both)} in `agents` and in `standby`",
                address=str(group.address),
                place=spec.desired.place(group.address, "standby"),
                related=related(spec.desired.place(group.address, "agents"), "the members stand here"),
                found=keys(both),
                expected="each agent in one of the two",
                hint="leave it in `agents` if it runs, in `standby` if it is stopped",
            )
