"""Every rule of the program by its id, for those who explain findings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module

from reconciler.model.rule import Rule
from reconciler.policy.rules.registry import RULES

_ELSEWHERE = (
    "reconciler.model.document_rules",
    "reconciler.model.binding_rules",
    "reconciler.spec.rules",
    "reconciler.policy.rules.epr410_agent_is_active",
    "reconciler.policy.rules.epr426_version_goes_up",
    "reconciler.policy.guards.acknowledgements",
    "reconciler.msgraph.rules",
    "reconciler.ledger.lock",
    "reconciler.apply.rules",
    "reconciler.apply.secrets",
    "reconciler.operations.edges.secrets",
)
"""The modules that define rules which no table lists."""


@cache
def rulebook() -> Mapping[str, Rule]:
    """The rules by id, sorted."""
    listed = [declared.rule for declared in RULES]
    elsewhere = (value for name in _ELSEWHERE for value in vars(import_module(name)).values())
    rules = [*listed, *(value for value in elsewhere if isinstance(value, Rule))]
    return {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}
