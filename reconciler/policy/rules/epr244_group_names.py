"""EPR244: a group is known by its name."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules.naming import name_clashes

RULE = Rule(
    "EPR244",
    "Two groups have different names",
    "A group of the spec is found at the service by its name, compared without case. Two groups of one name would both "
    "be bound to whichever is found.",
)


def check(spec: Spec) -> Iterator[Finding]:
    """Groups without an `id` whose displayName an earlier one has."""
    return name_clashes(
        spec, RULE, Kind.GROUP, "displayName", id_key="id", hint="rename one, or give each the `id` of its live group"
    )
