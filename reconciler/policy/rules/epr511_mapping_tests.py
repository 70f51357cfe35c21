"""EPR511: a mapping does what its tests say."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.mapping.language.parser import fault_in
from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec

RULE = Rule(
    "EPR511",
    "A mapping does what its tests say",
    "A test says what a mapping is meant to do for one user. Where it does something else, one of the two is wrong, "
    "and people would find out by accounts that are.",
    Severity.ERROR,
    fixed=False,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Tests that do not hold, but for those of an expression that cannot be read, which is told by itself."""
    if not spec.tested:
        return
    from reconciler.mapping.testing import broken_tests  # noqa: PLC0415 - the functions, for a spec with tests alone

    for tested in spec.tested:
        for broken in broken_tests(tested):
            if broken.expression and fault_in(broken.expression) is not None:
                continue
            yield RULE.finding(
                f"test {broken.number} of {tested.address} does not hold for {broken.what}",
                address=tested.address,
                place=broken.place,
                found=broken.found,
                expected=broken.expected,
                hint="`reconciler mapping test` shows each part of the expression",
            )
