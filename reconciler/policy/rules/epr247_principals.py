"""EPR247: a service principal is one app's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from reconciler.model.address import Kind
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.policy.rules.naming import name_clashes

RULE = Rule(
    "EPR247",
    "Two apps have different service principals",
    "Job, mappings and secrets belong to the service principal. Two apps of the spec on one principal would write over "
    "one another with every apply.",
)
_KEYS = ("servicePrincipal.id", "servicePrincipal.appId", "servicePrincipal.displayName")


def check(spec: Spec) -> Iterator[Finding]:
    """Apps that name the service principal which an earlier one names in the same way."""
    hint = "name the service principal of each app: its id is surest"
    return chain.from_iterable(name_clashes(spec, RULE, Kind.APP, key, hint=hint) for key in _KEYS)
