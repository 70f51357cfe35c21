"""Every rule of the program by its id, for those who explain findings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from reconciler.model.rule import Rule
from reconciler.policy import rules as policy_rules

_ELSEWHERE = (
    "reconciler.model.document_rules",
    "reconciler.model.binding_rules",
    "reconciler.spec.rules",
    "reconciler.policy.guards.acknowledgements",
    "reconciler.msgraph.rules",
    "reconciler.ledger.lock",
    "reconciler.apply.rules",
    "reconciler.apply.secrets",
    "reconciler.operations.edges.secrets",
    "reconciler.operations.edges.state",
)
"""The modules that define rules, besides those of the package that holds one in each file."""


@cache
def rulebook() -> Mapping[str, Rule]:
    """The rules by id, sorted."""
    one_each = (f"{policy_rules.__name__}.{module.name}" for module in iter_modules(policy_rules.__path__))
    values = (value for name in (*one_each, *_ELSEWHERE) for value in vars(import_module(name)).values())
    return {rule.id: rule for rule in sorted((value for value in values if isinstance(value, Rule)), key=_id)}


def _id(rule: Rule) -> str:
    return rule.id
