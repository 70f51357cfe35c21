"""Tries the reads that verbs make, one kind after the other, and tells what the service says to each. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain as joined
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.abilities import Attempt, Outcome
from reconciler.model.fields import Surface
from reconciler.model.principals import PrincipalQuery
from reconciler.msgraph.transport.answer import Answer, Fault, Trouble
from reconciler.msgraph.transport.chain import Chain
from reconciler.msgraph.wire import paths
from reconciler.msgraph.wire.connection import read_request
from reconciler.msgraph.wire.decoding import Malformed
from reconciler.msgraph.wire.jobs import jobs_in
from reconciler.msgraph.wire.links import ForeignLink
from reconciler.msgraph.wire.permissions import capability_of
from reconciler.msgraph.wire.principals import answered, questions
from reconciler.msgraph.wire.request import Request
from reconciler.msgraph.wire.topology import FIRST_PAGES

MOST_APPS = 20
"""Apps that are looked at: one batch of each kind of call. A permission that counts for one app alone is rare."""

_ANY = Request("GET", "/servicePrincipals?$top=1&$select=id,appId,displayName", Surface.APPS)

Tried = list[tuple[Request, Answer]]


class Examination(Struct, frozen=True):
    """Tries through a chain."""

    chain: Chain

    async def topology(self) -> tuple[Attempt, ...]:
        """The two calls that read the whole topology."""
        return attempts(await self._tried([page.request for page in FIRST_PAGES]))

    async def apps(self, queries: Sequence[PrincipalQuery]) -> tuple[Attempt, ...]:
        """What is read of apps: principals, then jobs, templates and settings of a few, then the jobs' mappings.

        Where the spec has no app, one of the tenant is looked at.
        """
        asked = [question.request for question in islice(questions(queries), MOST_APPS)]
        found = await self._tried(asked or [_ANY])
        ids = [*islice(dict.fromkeys(joined.from_iterable(map(self._principals, found))), MOST_APPS)]
        parts = await self._tried([Request("GET", path, Surface.APPS) for each in ids for path in _parts(each)])
        settings = await self._tried([read_request(each) for each in ids])
        schemas = [Request("GET", paths.schema(*pair), Surface.APPS) for pair in _jobs(ids, parts)]
        return attempts([*found, *parts, *settings, *await self._tried(schemas)])

    async def _tried(self, requests: Sequence[Request]) -> Tried:
        answers = await self.chain.send(tuple(requests)) if requests else ()
        return list(zip(requests, answers, strict=True))

    def _principals(self, tried: tuple[Request, Answer]) -> Iterator[str]:
        """The ids that an answer lists; none where it lists nothing that can be read."""
        _, answer = tried
        if isinstance(answer, Fault):
            return
        try:
            yield from (record.id for record in answered(self.chain.base, answer.body)[0])
        except (Malformed, ForeignLink):
            return


def attempts(tried: Iterable[tuple[Request, Answer]]) -> tuple[Attempt, ...]:
    """What was tried, each kind of call with each outcome once, in the order in which it first came."""
    found: dict[tuple[object, ...], Attempt] = {}
    for request, answer in tried:
        made = _attempt(request, answer)
        if made is not None:
            key = (made.capability.what, made.outcome, made.status, made.why)
            before = found.get(key)
            found[key] = replace(before, times=before.times + 1) if before else made
    return tuple(found.values())


def _attempt(request: Request, answer: Answer) -> Attempt | None:
    """What came of one call; None for a call that needs no permission we know of."""
    capability = capability_of(request.method, request.path)
    if capability is None:
        return None
    path = request.path.partition("?")[0]
    if not isinstance(answer, Fault) or answer.is_gone:
        # What does not exist was still answered to somebody who may ask.
        status = answer.status
        return Attempt(request.method, path, capability, Outcome.ANSWERED, status)
    why = answer.common_cause if answer.detail else answer.cause
    return Attempt(request.method, path, capability, _outcome(answer), answer.status, why)


def _outcome(fault: Fault) -> Outcome:
    if fault.lacks_permission:
        return Outcome.REFUSED
    return Outcome.STRANGER if fault.trouble is Trouble.STATUS and fault.status == 401 else Outcome.FAILED


def _parts(principal: str) -> tuple[str, str]:
    return paths.jobs(principal), paths.templates(principal)


def _jobs(ids: Sequence[str], tried: Tried) -> Iterator[tuple[str, str]]:
    """The principal and the id of each job that was listed."""
    answers: Mapping[str, Answer] = {request.path: answer for request, answer in tried}
    for principal in ids:
        answer = answers[paths.jobs(principal)]
        if isinstance(answer, Fault):
            continue
        try:
            yield from ((principal, job.id) for job in jobs_in(answer.body))
        except Malformed:
            continue
