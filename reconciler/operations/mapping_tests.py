"""Runs the tests of the mappings of a spec."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from reconciler.mapping.language.parser import fault_in, parse
from reconciler.mapping.testing import Broken, Reach, broken_tests, reach, sources_of
from reconciler.mapping.trace import Traced, traced
from reconciler.model.finding import Severity
from reconciler.operations.validate import Validation, validate

OWN_RULE = "EPR511"
"""What `validate` says of a test that does not hold; here the test itself is told."""


class Failure(Struct, frozen=True):
    """What of a test does not hold, and each part of the expression that it comes from, where it is from one."""

    broken: Broken
    trace: Traced | None = None


class Tested(Struct, frozen=True):
    """What came of the tests of one mapping."""

    address: str
    tests: int
    failures: tuple[Failure, ...]
    reach: Reach


class Tests(Struct, frozen=True):
    """What came of all tests; nothing was tested where the spec has other faults, which stand in `validation`."""

    validation: Validation
    tested: tuple[Tested, ...] = ()

    @property
    def can_run(self) -> bool:
        """Whether the spec holds together, its tests aside."""
        return not any(f.severity is Severity.ERROR and f.rule != OWN_RULE for f in self.validation.findings)

    @property
    def passed(self) -> bool:
        """Whether every test holds."""
        return self.can_run and not any(tested.failures for tested in self.tested)


def run_tests(root: Path) -> Tests:
    """Run the tests of every mapping of the spec below `root`. Raises UsageError where there is none."""
    tests = Tests(validate(root))
    if not tests.can_run or tests.validation.spec is None:
        return tests
    found = (
        Tested(each.address, len(each.tests), tuple(map(_failure, broken_tests(each))), reach(each))
        for each in tests.validation.spec.tested
    )
    return Tests(tests.validation, tuple(found))


def _failure(broken: Broken) -> Failure:
    if broken.test is None or not broken.expression or fault_in(broken.expression) is not None:
        return Failure(broken)
    return Failure(broken, traced(parse(broken.expression), broken.test.given, sources_of(broken.test)))
