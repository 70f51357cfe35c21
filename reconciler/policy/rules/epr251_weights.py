"""EPR251: the weights that a policy gives to rules have an effect."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.finding import Finding, Severity
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec

RULE = Rule(
    "EPR251",
    "The weight that a policy gives to a rule has an effect",
    "`policy.rules` changes how much a rule weighs. Rules whose breach takes an app offline keep theirs, and so do the "
    "guards; a weight for one of them would only look as if it did something.",
    Severity.WARNING,
)
FIXED = frozenset({"EPR001", "EPR002", "EPR005", "EPR006", "EPR025", "EPR026"})
"""The service rules whose weight nobody can change, those not yet decided here included."""

_GUARDS = "EPR3"
_LAST_SERVICE_RULE = 28


def check(spec: Spec) -> Iterator[Finding]:
    """Weights for rules that keep theirs, and for service rules that do not exist."""
    for rule in sorted(spec.policy.rules):
        digits = rule.removeprefix("EPR")
        number = int(digits) if digits.isdecimal() and digits.isascii() else 0
        if rule in FIXED or rule.startswith(_GUARDS):
            yield _finding(rule, spec.policy.rules[rule], f"{rule} keeps its weight")
        elif not 1 <= number <= _LAST_SERVICE_RULE and number < 100:
            yield _finding(rule, spec.policy.rules[rule], f"there is no rule {rule}")


def _finding(rule: str, weight: str, message: str) -> Finding:
    return RULE.finding(
        f"policy.rules: {message}",
        found=f"{rule}: {weight}",
        expected="a rule whose weight can be changed",
        hint=f"take {rule} out of `policy.rules`",
    )
