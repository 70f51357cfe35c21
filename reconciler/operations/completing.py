"""Complete: the addresses that a spec defines, read by its sections alone and judged by nothing, and their fields."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler.model.address import Address
from reconciler.model.fields import MAPPINGS, managed
from reconciler.operations.edges.spec_files import read_files
from reconciler.spec.merge import merged
from reconciler.spec.parse import parse
from reconciler.spec.site import KINDS


def addresses(root: Path) -> Iterator[str]:
    """The address of each thing below `root`, in the order of its files. Raises UsageError where there is no spec."""
    files = read_files(root)
    documents = merged([parse(file.name, file.content) for file in files.files])
    for section, kind in KINDS.items():
        if section != "mappings":
            yield from (str(Address(kind, key)) for key in documents.entries(section))


def fields(text: str) -> Iterator[str]:
    """The fields that the thing at the beginning of a text can have, but for its mappings, whose keys are its own.

    Raises ValueError where no address stands there.
    """
    thing = Address.parse("/".join(text.split("/")[:2]))
    return (f"{thing}/{field.key}" for field in managed(thing.kind) if field.key != MAPPINGS)
