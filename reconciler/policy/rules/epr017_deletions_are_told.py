"""EPR017: somebody is told when deletions are held back."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.cells import ABSENT, Clear, Known, Value
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState
from reconciler.policy.rules import pages
from reconciler.policy.rules.flows import comes_to

RULE = Rule(
    "EPR017",
    "Somebody is told when deletions are held back",
    "Where more users are to be deleted than the threshold allows, the job goes into quarantine and waits. "
    "The service asks for an e-mail address, since nobody else would know.",
    Severity.WARNING,
    fixed=False,
    page=pages.DELETIONS,
)
_THRESHOLD = "provisioning.deleteThreshold"
_NOTIFY = "provisioning.notify"


def check(spec: Spec) -> Iterator[Finding]:
    """Apps for which the spec sets a threshold and takes the address away."""
    for app in spec.desired.of(Kind.APP):
        cell = spec.desired.cell(app.address, _THRESHOLD)
        if isinstance(cell, Value) and isinstance(spec.desired.cell(app.address, _NOTIFY), Clear):
            yield _finding(spec, app.address)


def check_live(spec: Spec, live: LiveState) -> Iterator[Finding]:
    """Apps that will have a threshold and no address once the spec is applied."""
    for app in spec.desired.of(Kind.APP):
        threshold = comes_to(spec, live, app.address, _THRESHOLD)
        if isinstance(threshold, Known) and comes_to(spec, live, app.address, _NOTIFY) == ABSENT:
            yield _finding(spec, app.address)


def _finding(spec: Spec, app: Address) -> Finding:
    return RULE.finding(
        f"{app} has a threshold of deletions, and nobody is told when it is reached",
        address=str(app),
        place=spec.desired.place(app, _NOTIFY if _NOTIFY in spec.desired.things[app].cells else _THRESHOLD),
        expected="an e-mail address",
        hint="add `notify:` below `provisioning:`",
    )
