"""EPR016: a change of scope has a threshold of deletions before it."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.cells import ABSENT, UNMANAGED, Clear, Known, Value
from reconciler.model.finding import Finding, Severity
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import Desired, LiveState
from reconciler.policy.rules import pages
from reconciler.policy.rules.flows import comes_to, live_mappings, mappings_of

RULE = Rule(
    "EPR016",
    "A change of scope has a threshold of deletions before it",
    "Users who leave the scope are disabled or deleted in the application, unless such deletions are skipped. Without "
    "a threshold one wrong clause of a filter does that to everybody in one cycle.",
    Severity.WARNING,
    fixed=False,
    page=pages.OUT_OF_SCOPE,
)
_SCOPE = "provisioning.scope"
_THRESHOLD = "provisioning.deleteThreshold"
_SKIP = "provisioning.skipOutOfScopeDeletions"


def check(spec: Spec) -> Iterator[Finding]:
    """Apps whose scope the spec manages, and whose threshold it takes away, while such deletions are not skipped."""
    for app in spec.desired.of(Kind.APP):
        cleared = isinstance(spec.desired.cell(app.address, _THRESHOLD), Clear)
        skips = spec.desired.cell(app.address, _SKIP) == Value(value=True)
        if cleared and not skips and _manages_scope(app):
            yield _finding(spec, app.address, f"the spec takes the threshold of deletions away from {app.address}")


def check_live(spec: Spec, live: LiveState) -> Iterator[Finding]:
    """Apps whose scope will be another, and that have neither a threshold nor skip such deletions."""
    filtered = {app for app, wanted, held in live_mappings(spec, live) if _filters(wanted, held)}
    for app in spec.desired.of(Kind.APP):
        address = app.address
        bare = comes_to(spec, live, address, _THRESHOLD) == ABSENT
        skip = comes_to(spec, live, address, _SKIP)
        if bare and skip in {ABSENT, Known(value=False)} and (address in filtered or _narrows(spec, live, address)):
            yield _finding(spec, address, f"the scope of {address} changes, and it has no threshold of deletions")


def _filters(wanted: DesiredMapping, held: ObjectMapping) -> bool:
    match wanted.filter:
        case Value(value):
            return value != held.filter
        case Clear():
            return bool(held.filter)
    return False


def _narrows(spec: Spec, live: LiveState, app: Address) -> bool:
    return spec.desired.cell(app, _SCOPE) == Value("assigned") and live.cell(app, _SCOPE) == Known("all")


def _manages_scope(app: Desired) -> bool:
    filtered = any(mapping.filter != UNMANAGED for mapping in mappings_of(app))
    return filtered or _SCOPE in app.cells


def _finding(spec: Spec, app: Address, text: str) -> Finding:
    return RULE.finding(
        text,
        address=str(app),
        place=spec.desired.place(app, _THRESHOLD),
        expected="a threshold, or deletions out of scope skipped",
        hint="set `provisioning.deleteThreshold` with `notify`, or `skipOutOfScopeDeletions: true`",
    )
