"""Validate a spec offline: read it, check its shape and references, and judge it by the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, field

from reconciler.errors import Refused
from reconciler.model.address import Kind
from reconciler.model.finding import Finding, has_errors, in_order
from reconciler.model.place import Place
from reconciler.model.spec import Spec
from reconciler.operations.edges.spec_files import read_files
from reconciler.policy.rules.registry import judge
from reconciler.spec.read import read_spec


class Validation(Struct, frozen=True):
    """What validating gave: every finding, the lines of each file by name, and the spec where it can be used.

    `defaults` tells where the defaults of each kind stand.
    """

    findings: tuple[Finding, ...]
    sources: Mapping[str, Sequence[str]] = field(default_factory=dict)
    spec: Spec | None = None
    defaults: Mapping[Kind, Place] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether nothing in the spec stops the work."""
        return not has_errors(self.findings)


def validate(root: Path) -> Validation:
    """Read and judge the spec below `root`. Raises UsageError where there is none."""
    reading = read_spec(read_files(root))
    judged = filter(reading.stands, judge(reading.spec)) if reading.spec else ()
    return Validation(in_order((*reading.findings, *judged)), reading.sources, reading.spec, reading.defaults)


def valid_spec(root: Path) -> tuple[Spec, Validation]:
    """The spec below `root`, with the warnings that its validation gave. Raises Refused where it has errors."""
    validation = validate(root)
    if validation.spec is None or not validation.passed:
        raise Refused("the spec has errors", validation.findings, sources=validation.sources)
    return validation.spec, validation


@contextmanager
def quoted(validation: Validation) -> Iterator[None]:
    """Give what is refused within, of this spec's files, their lines to be shown."""
    try:
        yield
    except Refused as refusal:
        refusal.sources = refusal.sources or validation.sources
        raise
