"""Begin a spec in a directory that has none."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import UsageError
from reconciler.operations.edges.schemas import schema_text
from reconciler.operations.edges.spec_files import spec_around
from reconciler.operations.edges.spec_writing import write_files
from reconciler.spec.binding_line import SCHEMA_FILE
from reconciler.spec.starter import starter_files


def start_spec(root: Path) -> tuple[str, ...]:
    """Write a small spec and give the names of its files.

    Raises UsageError where there is a spec already, or a file that would be written over.
    """
    refuse_existing_spec(root)
    texts = {**starter_files(), SCHEMA_FILE: schema_text("spec")}
    taken = next((name for name in texts if (root / name).exists()), None)
    if taken is not None:
        raise UsageError(f"{root / taken} exists already", hint="nothing is written over; give an empty directory")
    write_files(root, {name: text.encode() for name, text in texts.items()})
    return tuple(texts)


def refuse_existing_spec(root: Path, hint: str = "give another directory") -> None:
    """Raise UsageError where a directory holds a spec, is a part of one, or is none."""
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is no directory", hint="give the directory that the spec shall be in")
    around = spec_around(root)
    if around is not None:
        text = "holds a spec already" if around == root.resolve() else f"is a part of the spec in {around}"
        raise UsageError(f"{root} {text}", hint=hint)
