"""How an evaluation came to its end: each part with its value, and which parts nobody needed."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeAlias

from msgspec import Struct

from reconciler.mapping.evaluation import compiled
from reconciler.mapping.faults import EvaluationFault, NoFlow
from reconciler.mapping.language.tree import Expression, Node, parts
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import User, Value


class Gave(Struct, frozen=True):
    """A part has a value."""

    value: Value


class NotNeeded(Struct, frozen=True):
    """A part was not evaluated: another branch was taken, or something failed before it."""


Ending: TypeAlias = Gave | EvaluationFault | NoFlow | NotNeeded


class Traced(Struct, frozen=True):
    """One part of an expression: its text, how its evaluation ended, and its own parts."""

    text: str
    ending: Ending
    parts: tuple[Traced, ...] = ()


def evaluate(expression: Expression, user: User, sources: Sources) -> Gave | EvaluationFault | NoFlow:
    """How the evaluation of an expression for a user ends."""
    try:
        return Gave(compiled(expression)(user, sources))
    except (EvaluationFault, NoFlow) as ending:
        return ending


def traced(expression: Expression, user: User, sources: Sources) -> Traced:
    """How the evaluation of an expression and of each of its parts ends."""
    endings: dict[int, Ending] = {}

    def note(node: Node, ending: Value | Exception) -> None:
        endings[id(node)] = ending if isinstance(ending, EvaluationFault | NoFlow) else Gave(ending)  # type: ignore[arg-type] # no other exception comes

    run = compiled(expression, note)
    with suppress(EvaluationFault, NoFlow):
        run(user, sources)
    return _traced(expression.root, expression, endings)


def _traced(node: Node, expression: Expression, endings: dict[int, Ending]) -> Traced:
    inner = tuple(_traced(part, expression, endings) for part in parts(node) if part.start < part.end)
    return Traced(expression.source(node), endings.get(id(node), NotNeeded()), inner)
