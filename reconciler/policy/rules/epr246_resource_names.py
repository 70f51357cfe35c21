"""EPR246: a published resource is one app's."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules.naming import name_clashes

RULE = Rule(
    "EPR246",
    "Two apps have different published resources",
    "The published resource ties an app to its group. It is found at the service by its name, compared without case, "
    "and two apps on one resource could not be assigned apart.",
)


def check(spec: Spec) -> Iterator[Finding]:
    """Apps without a `resource.id` whose resourceName an earlier one has."""
    return name_clashes(
        spec, RULE, Kind.APP, "resource.resourceName", id_key="resource.id", hint="publish a resource for each app"
    )
