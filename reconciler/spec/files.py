"""The files of a spec as they were read, and the schema that they are checked against."""

from __future__ import annotations

from msgspec import Struct

from reconciler.model.finding import Finding
from reconciler.spec.tree import Document

ROOT_FILE = "reconciler.yaml"
MOST_FILES = 20_000
LARGEST_SPEC = 64 << 20
"""Bytes that all files of a spec may have together."""


class SpecFile(Struct, frozen=True):
    """One file: its name relative to the spec's directory, with `/`, and at most LARGEST_FILE + 1 bytes of it."""

    name: str
    content: bytes


class SpecFiles(Struct, frozen=True):
    """Every file of a spec, `reconciler.yaml` first, what could not be read, and the text of the spec's schema.

    `root` is the first file's values where somebody has parsed them already, to know which others to read.
    """

    files: tuple[SpecFile, ...]
    findings: tuple[Finding, ...]
    schema: str
    root: Document | None = None
