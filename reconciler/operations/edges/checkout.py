"""Where a spec lies in the checkout that it is part of."""

from __future__ import annotations

from pathlib import Path


def folder_in_checkout(root: Path) -> str:
    """The spec's directory as seen from the top of its git checkout, with `/`; "" for the top itself.

    Outside of a checkout it is seen from the working directory, and where that does not hold it, it is the top.
    """
    whole = root.resolve()
    tops = (folder for folder in (whole, *whole.parents) if (folder / ".git").exists())
    top = next(tops, Path.cwd())
    return "" if whole == top or not whole.is_relative_to(top) else whole.relative_to(top).as_posix()
