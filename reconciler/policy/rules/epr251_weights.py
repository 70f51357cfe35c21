"""EPR251: the weights that a policy gives to rules have an effect."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from reconciler.model.finding import Finding, Severity
from reconciler.model.place import Place
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
_SERVICE_RULES = frozenset(f"EPR{number:03}" for number in range(1, 29))


def check(spec: Spec, weighable: Collection[str], fixed: Collection[str]) -> Iterator[Finding]:
    """Weights for rules that keep theirs, that this version does not decide, or that there are not."""
    for rule, weight in sorted(spec.policy.rules.items()):
        if rule not in weighable:
            near = "" if rule in fixed else _nearest(rule, weighable)
            yield _finding(rule, weight, _reason(rule, fixed), near, spec.policy.places.get(rule))


def _reason(rule: str, fixed: Collection[str]) -> str:
    if rule in fixed or rule.startswith(_GUARDS):
        return f"{rule} keeps its weight"
    if rule in _SERVICE_RULES:
        return f"this version does not decide {rule}"
    return f"there is no rule {rule} whose weight can be changed"


def _nearest(rule: str, weighable: Collection[str]) -> str:
    return next(iter(get_close_matches(rule, sorted(weighable), n=1)), "")


def _finding(rule: str, weight: str, message: str, suggestion: str, place: Place | None) -> Finding:
    return RULE.finding(
        f"policy.rules: {message}",
        place=place,
        found=f"{rule}: {weight}",
        expected="a rule whose weight can be changed",
        hint=f"take {rule} out of `policy.rules`",
        suggestion=suggestion,
    )
