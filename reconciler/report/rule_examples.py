"""The example of each rule: a file of `examples/` that shows what breaks the rule and the same mended."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "examples"
"""One file for each rule. They are read for `explain` and the reference alone, so that no other verb pays for them."""

_SAMPLE = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


class Sample(Struct, frozen=True):
    """One half of an example: a piece of a spec (`yaml`), commands with what they print (`console`), or words (`text`).

    A comment that names a file begins that file's part of a spec.
    """

    language: str
    text: str


class Example(Struct, frozen=True):
    """What breaks a rule, and the same mended."""

    failing: Sample
    mended: Sample


def example_page(rule: str) -> str:
    """The example of a rule as markdown, as its file holds it."""
    return (FOLDER / f"{rule}.md").read_text(encoding="utf-8")


def example_of(rule: str) -> Example:
    """The example of a rule by its id."""
    failing, mended = (Sample(found["language"], found["text"]) for found in _SAMPLE.finditer(example_page(rule)))
    return Example(failing, mended)
