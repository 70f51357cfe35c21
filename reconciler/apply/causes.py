"""Steps that fail for one cause are one finding, which names the things that all of them are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from reconciler.model.finding import Finding
from reconciler.model.plan import PlannedStep
from reconciler.model.subjects import holder
from reconciler.model.words import listed

MOST_NAMED = 12
"""Things that one finding names; each step has a line of its own besides."""

Cause = tuple[str, str]


@dataclass(slots=True)
class _Failure:
    finding: Finding
    steps: list[PlannedStep] = field(default_factory=list)
    told: bool = False


@dataclass(slots=True)
class Causes:
    """The failures of one run by their cause, in the order in which they came."""

    _failures: dict[Cause, _Failure] = field(default_factory=dict)

    def add(self, planned: PlannedStep, finding: Finding, cause: str) -> Cause:
        """A step failed; `cause` is the same text for all that fail for one cause, "" where its finding tells."""
        key = (cause or finding.message, finding.hint)
        self._failures.setdefault(key, _Failure(finding)).steps.append(planned)
        return key

    def untold(self, cause: Cause) -> Finding | None:
        """The finding of a cause, with all the steps so far; None from the second time on."""
        failure = self._failures[cause]
        first, failure.told = not failure.told, True
        return named(failure.steps, failure.finding) if first else None

    @property
    def findings(self) -> Iterator[Finding]:
        """One finding for each cause."""
        return (named(failure.steps, failure.finding) for failure in self._failures.values())


def named(steps: Sequence[PlannedStep], finding: Finding) -> Finding:
    """A finding that says which things its steps are about: a call names them by an id, or not at all."""
    things = list(dict.fromkeys(str(holder(planned.step)) for planned in steps))
    message = f"{listed(things, MOST_NAMED)}: {finding.message}"
    if len(steps) > 1:
        message = f"{message} ({len(steps)} steps failed for this cause)"
    return replace(finding, address=things[0], message=message)
