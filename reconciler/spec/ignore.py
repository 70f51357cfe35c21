"""Which paths of a spec's directory are left out: hidden ones, and those that a glob of `ignore` matches."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from reconciler.spec.tree import Document, Items, Table

ALWAYS_IGNORED = ("azure-pipelines.yml", "playbooks/**")
"""What is ignored in every spec, since it commonly lies beside one and is none."""

_LONGEST_GLOB = 256


def globs_of(document: Document) -> tuple[str, ...]:
    """The globs that the root file's `ignore` lists, and those that always hold."""
    listed = document.root.get("ignore") if isinstance(document.root, Table) else None
    own = [glob for glob in listed if isinstance(glob, str)] if isinstance(listed, Items) else []
    return (*ALWAYS_IGNORED, *own)


def is_ignored(path: str, globs: Iterable[str]) -> bool:
    """Whether a path relative to the spec's directory, with `/`, is left out. Its folders are asked about before it."""
    parts = path.split("/")
    return parts[-1].startswith(".") or any(_matches(parts, glob) for glob in globs)


def _matches(parts: list[str], glob: str) -> bool:
    """Whether a glob matches: `**` is any number of folders, and one without `/` is a name at any depth."""
    pattern = glob[:_LONGEST_GLOB].strip("/").split("/")
    if len(pattern) == 1:
        pattern.insert(0, "**")
    reached = {0}  # how many parts of the path the pattern so far may have used up
    for step in pattern:
        if step == "**":
            reached = set(range(min(reached, default=len(parts) + 1), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], step)}
    return len(parts) in reached
