"""EPR010: no attribute flows into PLACEHOLDER."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState
from reconciler.model.words import listed
from reconciler.policy.rules import pages
from reconciler.policy.rules.flows import flowing, leaf, live_mappings

PLACEHOLDER = "PLACEHOLDER"

RULE = Rule(
    "EPR010",
    "No attribute flows into PLACEHOLDER",
    "The mappings of a new connector begin with a target named PLACEHOLDER, which no application has. It has to be "
    "replaced by an attribute of the application, else every user fails.",
    fixed=False,
    page=pages.SQL_CONNECTOR,
)
_HINT = "map an attribute of the application instead, and remove the placeholder: `PLACEHOLDER: null`"


def check(spec: Spec) -> Iterator[Finding]:
    """Attributes of the spec that flow into the placeholder."""
    for each in flowing(spec):
        if _is_placeholder(each.attribute.target):
            yield RULE.finding(
                f"the {each.mapping.source} mapping of {listed(each.apps)} fills {PLACEHOLDER}",
                address=each.address,
                place=each.attribute.place,
                found=each.attribute.target,
                expected="an attribute that the application has",
                hint=_HINT,
            )


def check_live(spec: Spec, live: LiveState) -> Iterator[Finding]:
    """Placeholders that the service holds in a mapping that the spec manages, and that the spec leaves there."""
    for app, mapping, held in live_mappings(spec, live):
        for target in held.attributes:
            if target not in mapping.attributes and _is_placeholder(target):
                yield RULE.finding(
                    f"the {mapping.source} mapping of {app} fills {PLACEHOLDER} at the service",
                    address=str(app.within(f"{MAPPING_PREFIX}{mapping.source}/{target}")),
                    place=mapping.place,
                    found=target,
                    expected="an attribute that the application has",
                    hint=_HINT,
                )


def _is_placeholder(target: str) -> bool:
    return leaf(target).upper() == PLACEHOLDER
