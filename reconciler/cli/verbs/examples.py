"""How a verb's help shows its examples."""

from __future__ import annotations


def with_examples(*lines: str) -> str:
    """The examples as click prints them: one a line, not wrapped."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
