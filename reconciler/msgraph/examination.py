"""Tries the reads that verbs make, one kind after the other, and tells what the service says to each. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain as joined
from itertools import islice
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.abilities import Attempt, Capability, Outcome
from reconciler.model.fields import Surface
from reconciler.model.principals import PrincipalQuery
from reconciler.msgraph.transport.answer import Answer, Fault, Trouble
from reconciler.msgraph.transport.chain import Chain
from reconciler.msgraph.wire import paths
from reconciler.msgraph.wire.connection import read_request
from reconciler.msgraph.wire.decoding import Malformed
from reconciler.msgraph.wire.jobs import jobs_in
from reconciler.msgraph.wire.links import ForeignLink
from reconciler.msgraph.wire.permissions import (
    READ_CONNECTION,
    READ_JOBS,
    READ_PRINCIPALS,
    READ_SCHEMAS,
    READ_TOPOLOGY,
)
from reconciler.msgraph.wire.principals import answered, questions
from reconciler.msgraph.wire.request import Request
from reconciler.msgraph.wire.topology import FIRST_PAGES

MOST_APPS = 20
"""Apps that are looked at: one batch of each kind of call. A permission that counts for one app alone is rare."""

_ANY = Request("GET", "/servicePrincipals?$top=1&$select=id,appId,displayName", Surface.APPS)


class _Try(NamedTuple):
    """A call that was made, what it belongs to, and what came of it."""

    capability: Capability
    request: Request
    answer: Answer


class Examination(Struct, frozen=True):
    """Tries through a chain."""

    chain: Chain

    async def topology(self) -> tuple[Attempt, ...]:
        """The two calls that read the whole topology."""
        return attempts(await self._tried(READ_TOPOLOGY, [page.request for page in FIRST_PAGES]))

    async def apps(self, queries: Sequence[PrincipalQuery]) -> tuple[Attempt, ...]:
        """What is read of apps: principals, then jobs, templates and settings of a few, then the jobs' mappings.

        Where the spec has no app, one of the tenant is looked at.
        """
        asked = [question.request for question in islice(questions(queries), MOST_APPS)]
        found = await self._tried(READ_PRINCIPALS, asked or [_ANY])
        ids = [*islice(dict.fromkeys(joined.from_iterable(map(self._principals, found))), MOST_APPS)]
        jobs = await self._tried(READ_JOBS, [_read(paths.jobs(each)) for each in ids])
        templates = await self._tried(READ_JOBS, [_read(paths.templates(each)) for each in ids])
        settings = await self._tried(READ_CONNECTION, [read_request(each) for each in ids])
        schemas = [_read(paths.schema(*pair)) for pair in _jobs(ids, jobs)]
        return attempts([*found, *jobs, *templates, *settings, *await self._tried(READ_SCHEMAS, schemas)])

    async def _tried(self, capability: Capability, requests: Sequence[Request]) -> list[_Try]:
        answers = await self.chain.send(tuple(requests)) if requests else ()
        return [_Try(capability, *pair) for pair in zip(requests, answers, strict=True)]

    def _principals(self, tried: _Try) -> Iterator[str]:
        """The ids that an answer lists; none where it lists nothing that can be read."""
        if isinstance(tried.answer, Fault):
            return
        try:
            yield from (record.id for record in answered(self.chain.base, tried.answer.body)[0])
        except (Malformed, ForeignLink):
            return


def attempts(tried: Iterable[_Try]) -> tuple[Attempt, ...]:
    """What was tried, each kind of call with each outcome once, in the order in which it first came."""
    found: dict[tuple[object, ...], Attempt] = {}
    for made in map(_attempt, tried):
        key = (made.capability, made.outcome, made.status, made.why)
        before = found.get(key)
        found[key] = replace(before, times=before.times + 1) if before else made
    return tuple(found.values())


def _attempt(tried: _Try) -> Attempt:
    capability, request, answer = tried
    path = request.path.partition("?")[0]
    if not isinstance(answer, Fault) or answer.is_gone:
        # What does not exist was still answered to somebody who may ask.
        return Attempt(request.method, path, capability, Outcome.ANSWERED, answer.status)
    return Attempt(request.method, path, capability, _outcome(answer), answer.status, _why(answer))


def _why(fault: Fault) -> str:
    return fault.shared_cause.rstrip(": ")


def _outcome(fault: Fault) -> Outcome:
    if fault.lacks_permission:
        return Outcome.REFUSED
    return Outcome.STRANGER if fault.trouble is Trouble.STATUS and fault.status == 401 else Outcome.FAILED


def _read(path: str) -> Request:
    return Request("GET", path, Surface.APPS)


def _jobs(ids: Iterable[str], tried: Iterable[_Try]) -> Iterator[tuple[str, str]]:
    """The principal and the id of each job that was listed; none where a list cannot be read."""
    for principal, (_, _, answer) in zip(ids, tried, strict=True):
        if isinstance(answer, Fault):
            continue
        try:
            yield from ((principal, job.id) for job in jobs_in(answer.body))
        except Malformed:
            continue
