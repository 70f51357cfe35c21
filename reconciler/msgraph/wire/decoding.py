"""Bodies of answers become typed values; whatever is wrong with one ends in a single kind of error."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from reconciler.errors import ReconcilerError

T = TypeVar("T")

Encoded = bytes | msgspec.Raw
"""JSON as it arrived: a whole body, or an item's body inside a batch, which is not decoded twice."""


class Malformed(ReconcilerError):
    """Raised when an answer does not have the shape that its page documents."""


def decode(body: Encoded, shape: type[T]) -> T:
    """The value of this shape that a body holds. Raises Malformed: broken JSON, a wrong type, absurd depth."""
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise Malformed(f"an answer has a wrong shape: {_short(error)}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"an answer is not JSON: {_short(error)}") from error
    except RecursionError as error:
        raise Malformed("an answer is nested too deep") from error


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
