"""Reads the directory audit log, in as few calls as it takes: the service allows five in ten seconds."""

from __future__ import annotations

from msgspec import Struct

from reconciler.model.fields import Surface
from reconciler.model.trail import Entry, Trail
from reconciler.msgraph.transport.answer import Fault
from reconciler.msgraph.transport.chain import Chain
from reconciler.msgraph.wire.audits import entries_in, first_page
from reconciler.msgraph.wire.decoding import Malformed
from reconciler.msgraph.wire.links import ForeignLink
from reconciler.msgraph.wire.permissions import READ_AUDIT
from reconciler.msgraph.wire.request import Request

MOST_PAGES = 5
"""Pages of the newest entries, of which the service gives so many at once.

Page: learn.microsoft.com/graph/throttling-limits, "Identity and access reports service limits".
"""


class AuditLog(Struct, frozen=True):
    """The log of one tenant, read with the token of `surface`."""

    chain: Chain
    surface: Surface

    async def trail(self) -> Trail:
        """The newest entries. What could not be read is told in the trail; nothing is raised for it."""
        found: list[Entry] = []
        request: Request | None = first_page(self.surface)
        for _ in range(MOST_PAGES):
            if request is None:
                return Trail(tuple(found))
            answer = await self.chain.call(request)
            if isinstance(answer, Fault):
                return Trail(tuple(found), _why(answer))
            try:
                entries, request = entries_in(self.chain.base, answer.body, self.surface)
            except (Malformed, ForeignLink) as error:
                return Trail(tuple(found), error.message)
            found.extend(entries)
        return Trail(tuple(found), "" if request is None else f"the log is longer than its {MOST_PAGES} newest pages")

    async def aclose(self) -> None:
        """Close the connections."""
        await self.chain.aclose()


def _why(fault: Fault) -> str:
    return f"{fault.cause}; it needs {READ_AUDIT.needs}" if fault.lacks_permission else fault.cause
