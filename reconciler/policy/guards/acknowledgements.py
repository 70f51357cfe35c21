"""Acknowledgements in the spec that are for no change of this plan: they were used, or the change is another by now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.change_codec import acknowledged_digest
from reconciler.model.finding import Finding, Severity
from reconciler.model.plan import Change
from reconciler.model.rule import Rule
from reconciler.model.spec import Acknowledgement
from reconciler.policy.guards.case import covers

STALE = Rule(
    "EPR301",
    "An acknowledgement in the spec is for a change of the plan",
    "An acknowledgement is a person's word for one change. Left behind after the change was made, it tells the next "
    "reader of something that is not there.",
    severity=Severity.WARNING,
)


def stale(acknowledgements: Iterable[Acknowledgement], changes: Iterable[Change]) -> Iterator[Finding]:
    """A finding for every acknowledgement that names a change, and not one of these."""
    made = tuple(changes)
    for given in acknowledgements:
        if given.change and not any(covers(given, change) for change in made):
            other = next((change for change in made if change.address == given.address), None)
            yield STALE.finding(
                f"the acknowledgement of {given.address} is for no change of this plan",
                address=str(given.address),
                place=given.place,
                found=given.change,
                expected=acknowledged_digest(other) if other else "",
                hint="take it out of `acks`" if other is None else "look at the change anew; if it is wanted, mend it",
            )
