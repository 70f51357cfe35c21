"""What the shared options say, as the one value that a verb gets of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple


class Telling(NamedTuple):
    """How to tell: the form of the result, its colour, and how much of the run is told on stderr."""

    # Named tuples, because the help of a verb imports nothing but click.
    form: str = "text"
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False


class Asked(NamedTuple):
    """Which spec, which service instead of the spec's, how much of it, for how long, and how to tell."""

    directory: Path = Path()
    endpoint: str | None = None
    surfaces: tuple[str, ...] = ()
    acknowledged: tuple[str, ...] = ()
    time_limit: float = 60.0
    telling: Telling = Telling()
