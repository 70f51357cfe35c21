"""The JSON Schemas that are shipped with the program: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

import reconciler

PACKAGE = Path(reconciler.__file__).parent


def schema_text(name: str) -> str:
    """The text of the schema called `name`, such as `spec`. Raises FileNotFoundError where there is none."""
    installed = PACKAGE / "_schemas"
    folder = installed if installed.is_dir() else PACKAGE.parent / "schemas"
    return (folder / f"{name}.schema.json").read_text(encoding="utf-8")
