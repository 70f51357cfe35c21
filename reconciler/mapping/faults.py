"""How the evaluation of an expression ends without a value: a failure with its place, or no flow at all."""

from __future__ import annotations

from reconciler.mapping.language.tree import Node
from reconciler.mapping.values import Value


class EvaluationFault(Exception):
    """Raised where an evaluation failed: which part, why, and the values that it was given (which may be personal)."""

    def __init__(self, message: str, node: Node, values: tuple[Value, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.node = node
        self.values = values

    @property
    def column(self) -> int:
        """Where the part that failed begins, counted from 1."""
        return self.node.start + 1


class NoFlow(Exception):
    """Raised by a part that says that nothing flows, for this attribute or, with `whole`, for this object."""

    def __init__(self, *, whole: bool = False) -> None:
        super().__init__("the object does not flow" if whole else "the attribute does not flow")
        self.whole = whole
