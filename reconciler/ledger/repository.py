"""A git reference as the state needs it, as a protocol: the store decides what is written, the edge runs git.

Nothing here knows a work tree, an index or a branch: only blobs, trees, commits and one reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Repository(Protocol):
    """One reference of one repository, at its remote where there is one. Every method may raise ReconcilerError."""

    @property
    def where(self) -> str:
        """The reference and its remote, as a person would look for it."""

    @property
    def clone(self) -> str:
        """What tells this clone from others on the same host; no path of the machine."""

    def tip(self) -> str | None:
        """The newest commit of the reference, fetched where it is not here yet; None where there is none."""

    def entries(self, commit: str | None, folder: str = "") -> Mapping[str, str]:
        """The ids of what a folder of a commit holds, by name; empty where there is no such folder."""

    def content(self, blob: str) -> bytes:
        """The content of a file by its id."""

    def commit(self, parent: str | None, files: Mapping[str, bytes | None], message: str) -> str:
        """A commit in which these paths hold these contents, or are gone, and all else is as in its parent."""

    def advance(self, new: str, old: str | None, *, keep: bool) -> bool:
        """Move the reference from the commit `old` to `new`, durably, and at the remote if there is one.

        False where it no longer stands at `old`. Where the remote cannot be reached or refuses, that is raised; with
        `keep` the commit then stays on this machine, and the next `tip` finds it.
        """
