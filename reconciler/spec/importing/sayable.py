"""Which texts of the service a spec can hold: names on one line, values of any letters that can be seen."""

from __future__ import annotations

import re

from reconciler.spec.decode import UNSEEN

_HIDDEN = re.compile(f"[{UNSEEN}\r\ud800-\udfff]")
_BROKEN = re.compile(r"[\t\n]")


def is_text(text: str) -> bool:
    """Whether a value of the spec can be this text."""
    return not _HIDDEN.search(text)


def is_line(text: str) -> bool:
    """Whether a name of the spec can be this text."""
    return bool(text.strip()) and is_text(text) and not _BROKEN.search(text)
