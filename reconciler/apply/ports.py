"""What an apply needs of the outside world, as protocols: the service it writes to and the record it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from reconciler.model.address import Address
from reconciler.model.bindings import Bindings
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.service import Scope
from reconciler.model.states import LiveState
from reconciler.model.steps import Step


class Service(Protocol):
    """The service, as an executor sees it. One object per run; many calls may be under way at once."""

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries among them."""

    async def perform(self, step: Step, bindings: Bindings, secrets: Mapping[SecretSource, SecretText]) -> Bindings:
        """Make the calls of a step. Gives only the bindings that it created. Raises CallFailed.

        A schema step reads the document, overlays it, checks its version again and writes it once, or not at all
        where nothing would change. Before the write, `before_schema_write` is told the document.
        """

    async def observe(self, scope: Scope, bindings: Bindings) -> LiveState:
        """Read a part of the service anew. A read that fails gives Unreadable cells, never absent ones."""


class Snapshots(Protocol):
    """Keeps each app's schema as it was before a write, so that it can be restored exactly."""

    def keep(self, app: Address, document: bytes) -> None:
        """Put the document on disk, durably, before the write that replaces it."""
