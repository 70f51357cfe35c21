"""Finds the applications of a tenant, and which of them are provisioned on premises: what an import begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from reconciler.model.cells import Known, Unreadable
from reconciler.model.fields import Surface
from reconciler.model.inventory import PrincipalRecord
from reconciler.msgraph.failures import Failures
from reconciler.msgraph.transport.answer import Answer, Fault
from reconciler.msgraph.transport.chain import Chain
from reconciler.msgraph.wire import paths
from reconciler.msgraph.wire.connection import connection_cells, read_request, settings_in
from reconciler.msgraph.wire.decoding import Encoded, Malformed
from reconciler.msgraph.wire.enterprise_apps import FIRST_PAGE, enterprise_apps_in, needs_agent
from reconciler.msgraph.wire.links import ForeignLink
from reconciler.msgraph.wire.request import Request

T = TypeVar("T")


class Discovery(Struct, frozen=True):
    """Looks through a chain, and keeps what failed."""

    chain: Chain
    failures: Failures

    async def apps(self) -> tuple[PrincipalRecord, ...] | Unreadable:
        """Every enterprise application of the tenant, or why they are not known."""
        found: list[PrincipalRecord] = []
        seen: set[str] = set()
        request: Request | None = FIRST_PAGE
        while request is not None:
            answer = await self.chain.call(request)
            if isinstance(answer, Fault):
                return self.failures.note(answer)
            try:
                page, following = enterprise_apps_in(self.chain.base, answer.body)
            except (Malformed, ForeignLink) as error:
                return self.failures.note_answer(request, error)
            found.extend(page)
            seen.add(request.path)
            if following is not None and following.path in seen:
                return self.failures.note_answer(following, Malformed("a list of principals has no end"))
            request = following
        return tuple(dict.fromkeys(found))

    async def needs_agent(self, principals: Sequence[str]) -> Mapping[str, bool | Unreadable | None]:
        """By principal: whether it is provisioned through an agent; None where it offers no provisioning."""
        requests = [Request("GET", paths.templates(principal), Surface.APPS) for principal in principals]
        return dict(zip(principals, await self._each(requests, needs_agent), strict=True))

    async def urls(self, principals: Sequence[str]) -> Mapping[str, str]:
        """By principal: the tenant URL that it calls, "" where it has none or it cannot be read."""
        answers = await self._each([read_request(principal) for principal in principals], settings_in)
        found: dict[str, str] = {}
        for principal, settings in zip(principals, answers, strict=True):
            cell = connection_cells(settings)["connector.url"] if isinstance(settings, tuple) else None
            found[principal] = str(cell.value) if isinstance(cell, Known) else ""
        return found

    async def _each(self, requests: Sequence[Request], parse: Callable[[Encoded], T]) -> list[T | Unreadable | None]:
        answers = await self.chain.send(tuple(requests)) if requests else ()
        return [self._parsed(*pair, parse) for pair in zip(requests, answers, strict=True)]

    def _parsed(self, request: Request, answer: Answer, parse: Callable[[Encoded], T]) -> T | Unreadable | None:
        """What an answer means; None where there is no such thing, which for an app without provisioning is usual."""
        if isinstance(answer, Fault):
            return None if answer.is_gone else self.failures.note(answer)
        try:
            return parse(answer.body)
        except (Malformed, ForeignLink) as error:
            return self.failures.note_answer(request, error)
