"""Complete: the addresses that a spec defines, read by its sections alone and judged by nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler.model.address import Address
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
