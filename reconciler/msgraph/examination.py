"""Tries the reads that verbs make, one kind after the other, and tells what the service says to each. Reads only."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain as joined
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.abilities import Attempt, Capability, Looked, Outcome
from reconciler.model.fields import Surface
from reconciler.model.principals import PrincipalQuery
from reconciler.msgraph.transport.answer import Answer, Fault, Trouble
from reconciler.msgraph.transport.batch import MOST_ITEMS
from reconciler.msgraph.transport.chain import Chain
from reconciler.msgraph.transport.send import MOST_IN_FLIGHT
from reconciler.msgraph.wire import paths
from reconciler.msgraph.wire.audits import first_page
from reconciler.msgraph.wire.connection import read_request
from reconciler.msgraph.wire.decoding import Malformed
from reconciler.msgraph.wire.jobs import jobs_in
from reconciler.msgraph.wire.links import ForeignLink
from reconciler.msgraph.wire.permissions import (
    READ_AUDIT,
    READ_CONNECTION,
    READ_JOBS,
    READ_PRINCIPALS,
    READ_SCHEMAS,
    READ_TOPOLOGY,
)
from reconciler.msgraph.wire.principals import answered, questions
from reconciler.msgraph.wire.request import Request
from reconciler.msgraph.wire.topology import FIRST_PAGES

_ANY = Request("GET", "/servicePrincipals?$top=1&$select=id,appId,displayName", Surface.APPS)
_IDS = re.compile(r"(?<=/servicePrincipals/)[^/]+|(?<=/jobs/)[^/]+")


class _Try(NamedTuple):
    """A call that was made, what it belongs to, and what came of it; the app's name where it is about one."""

    capability: Capability
    request: Request
    answer: Answer
    app: str = ""


class Examination(Struct, frozen=True):
    """Tries through a chain."""

    chain: Chain

    async def topology(self) -> Looked:
        """The two calls that read the whole topology."""
        tried = await self._tried(READ_TOPOLOGY, [page.request for page in FIRST_PAGES])
        return Looked(attempts(map(_attempt, tried)))

    async def audit_log(self, surface: Surface) -> tuple[Attempt, ...]:
        """The call that tells who changed what, for its newest entry, with the token of a surface."""
        return attempts(map(_attempt, await self._tried(READ_AUDIT, [first_page(surface, most=1)])))

    async def apps(self, queries: Sequence[PrincipalQuery]) -> Looked:
        """What is read of apps: principals, then of each its jobs, templates and settings, then the jobs' mappings.

        All are looked at, since a permission may count for some apps alone. Where the spec has none, one of the tenant
        is looked at.
        """
        found = await self._tried(READ_PRINCIPALS, [each.request for each in questions(queries)] or [_ANY])
        known = [*dict(joined.from_iterable(map(self._principals, found))).items()]
        room = asyncio.Semaphore(MOST_IN_FLIGHT)

        async def look(some: Mapping[str, str]) -> list[Attempt]:
            async with room:
                return await self._of_apps(some)

        chunks = [dict(known[start : start + MOST_ITEMS]) for start in range(0, len(known), MOST_ITEMS)]
        made = await asyncio.gather(*map(look, chunks))
        unsent = {app for some in made for each in some if each.outcome is Outcome.UNSENT for app in each.apps}
        told = attempts([*map(_attempt, found), *joined.from_iterable(made)])
        return Looked(told, sum(name not in unsent for _, name in known), len(known))

    async def _of_apps(self, names: Mapping[str, str]) -> list[Attempt]:
        """What was tried on a few apps, by the ids of their principals. The answers are let go of: they are large."""
        apps = [*names.values()]
        jobs = await self._tried(READ_JOBS, [_read(paths.jobs(each)) for each in names], apps)
        templates = await self._tried(READ_JOBS, [_read(paths.templates(each)) for each in names], apps)
        settings = await self._tried(READ_CONNECTION, [read_request(each) for each in names], apps)
        pairs = [*_jobs(names, jobs)]
        schemas = [_read(paths.schema(*pair)) for pair in pairs]
        mappings = await self._tried(READ_SCHEMAS, schemas, [names[principal] for principal, _ in pairs])
        return [*map(_attempt, (*jobs, *templates, *settings, *mappings))]

    async def _tried(self, capability: Capability, requests: Sequence[Request], apps: Sequence[str] = ()) -> list[_Try]:
        answers = await self.chain.send(tuple(requests)) if requests else ()
        named = apps or [""] * len(requests)
        return [_Try(capability, *each) for each in zip(requests, answers, named, strict=True)]

    def _principals(self, tried: _Try) -> Iterator[tuple[str, str]]:
        """The id and the name of each that an answer lists; none where it lists nothing that can be read."""
        if isinstance(tried.answer, Fault):
            return
        try:
            yield from ((record.id, record.display_name) for record in answered(self.chain.base, tried.answer.body)[0])
        except (Malformed, ForeignLink):
            return


def attempts(tried: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """What was tried, each kind of call with each outcome once, in the order in which it first came."""
    found: dict[tuple[object, ...], list[Attempt]] = {}
    for made in tried:
        found.setdefault((made.path, made.outcome, made.status, made.why), []).append(made)
    return tuple(
        replace(
            alike[0], times=len(alike), apps=tuple(dict.fromkeys(joined.from_iterable(each.apps for each in alike)))
        )
        for alike in found.values()
    )


def _attempt(tried: _Try) -> Attempt:
    capability, request, answer, app = tried
    path = _IDS.sub("{id}", request.path.partition("?")[0])
    if not isinstance(answer, Fault) or answer.is_gone:
        # What does not exist was still answered to somebody who may ask.
        return Attempt(request.method, path, capability, Outcome.ANSWERED, answer.status)
    apps = (app,) if app else ()
    return Attempt(request.method, path, capability, _outcome(answer), answer.status, _why(answer), apps=apps)


def _why(fault: Fault) -> str:
    return fault.shared_cause.rstrip(": ")


def _outcome(fault: Fault) -> Outcome:
    if fault.lacks_permission:
        return Outcome.REFUSED
    if fault.trouble is Trouble.SPENT:
        return Outcome.UNSENT
    return Outcome.STRANGER if fault.trouble is Trouble.STATUS and fault.status == 401 else Outcome.FAILED


def _read(path: str) -> Request:
    return Request("GET", path, Surface.APPS)


def _jobs(ids: Iterable[str], tried: Iterable[_Try]) -> Iterator[tuple[str, str]]:
    """The principal and the id of each job that was listed; none where a list cannot be read."""
    for principal, made in zip(ids, tried, strict=True):
        if isinstance(made.answer, Fault):
            continue
        try:
            yield from ((principal, job.id) for job in jobs_in(made.answer.body))
        except Malformed:
            continue
