"""How a function says that it has no result: without a place, which only the expression knows."""

from __future__ import annotations


class Failed(Exception):
    """Raised by a function that has no result for its values. The message has no place, and none of the values."""
