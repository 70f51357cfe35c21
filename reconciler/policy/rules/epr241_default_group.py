"""EPR241: the service's default group is nobody's to make, rename or delete."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules import pages
from reconciler.policy.rules.reading import names

RULE = Rule(
    "EPR241",
    "The service's default group is nobody's to make, rename or delete",
    "The service makes one default group by itself. A group of the spec with its name is bound to it, and where the "
    "service calls its own by another name, an ordinary group is made that only looks like the default one. Which name "
    "the service uses is not documented: those that are looked for are our own inference.",
    Severity.WARNING,
    fixed=False,
    page=pages.AGENT_GROUP,
)
_NAMES = frozenset({"default", "default group", "default agent group"})


def check(spec: Spec) -> Iterator[Finding]:
    """Groups named as a default group is, without an id that says which one is meant."""
    for group in names(spec, Kind.GROUP, "displayName"):
        if group.name.strip().lower() in _NAMES and not spec.desired.text(group.address, "id"):
            yield RULE.finding(
                f"{group.address} has the name of a default group",
                address=str(group.address),
                place=group.place,
                found=group.name,
                expected="a name of your own, or the `id` of the group that is meant",
                hint="the default group is never made, renamed or deleted; serve apps by groups of your own",
            )
