"""Evaluates one expression for one user, with a clock that stands and a chance that is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from reconciler.mapping.evaluation import compiled
from reconciler.mapping.language.parser import parse
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import User, Value

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
NOBODY: Mapping[str, Value] = {}


def sources(*taken: str, words: Mapping[str, str] | None = None) -> Sources:
    """What an evaluation takes from outside: noon and a half, always the first of what chance could give."""
    return Sources(lambda: NOW, lambda _n: 0, frozenset(taken), words or {"%DomainFQDN%": "contoso.lab"})


def evaluated(expression: str, user: User = NOBODY, given: Sources | None = None) -> Value:
    """The value of an expression."""
    return compiled(parse(expression))(user, given or sources())
