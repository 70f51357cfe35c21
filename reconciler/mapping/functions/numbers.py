"""Functions that calculate."""

from __future__ import annotations

from reconciler.mapping.functions.function import Example, Function, Kind, Slot
from reconciler.mapping.values import Value, whole


def _bit_and(one: Value, other: Value) -> Value:
    return whole(one, "value1") & whole(other, "value2")


FUNCTIONS = (
    Function(
        "BitAnd",
        (Slot("value1", "left", Kind.NUMBER), Slot("value2", "right", Kind.NUMBER)),
        Kind.NUMBER,
        _bit_and,
        examples=(Example("BitAnd(&HF, &HF7)", 7),),
    ),
)
