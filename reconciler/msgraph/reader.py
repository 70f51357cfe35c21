"""Reads the service: the topology in a few calls, principals by name, and apps in batches of 20.

inventory   profile ┐                  readings   chunks of 20 apps, several at once ─→ AppReading
            groups  ├─→ Inventory                 (`app_reading` shows the calls of a chunk)
            names   ┘
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import TypeVar

from reconciler.model.address import Address
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Unreadable
from reconciler.model.inventory import AppReading, PrincipalRecord, Topology
from reconciler.model.principals import PrincipalQuery
from reconciler.model.service import AppPart
from reconciler.msgraph.app_reading import AppReader, Subject
from reconciler.msgraph.demands import Demand
from reconciler.msgraph.failures import Failures
from reconciler.msgraph.transport.answer import Answer, Fault
from reconciler.msgraph.transport.batch import MOST_ITEMS
from reconciler.msgraph.transport.chain import Chain
from reconciler.msgraph.transport.send import MOST_IN_FLIGHT
from reconciler.msgraph.wire.decoding import Malformed
from reconciler.msgraph.wire.links import ForeignLink
from reconciler.msgraph.wire.principals import answered, is_meant, known_request, questions, sorted_out
from reconciler.msgraph.wire.request import Request
from reconciler.msgraph.wire.topology import FIRST_PAGES, Gathering, Page

T = TypeVar("T")
Found = tuple[PrincipalRecord, ...] | Unreadable
Principals = Mapping[str, Found]

_MOST_PAGES = 1000
"""Pages after which a list is taken to have no end."""


@dataclass(slots=True)
class Reader:
    """Reads through a chain, and keeps what failed."""

    chain: Chain
    failures: Failures = field(default_factory=Failures)
    _apps: AppReader = field(init=False)

    def __post_init__(self) -> None:
        self._apps = AppReader(self.chain, self.failures)

    async def topology(self) -> Topology | Unreadable:
        """The whole topology, or why it is not known: one page that fails spoils it all, since it is one look."""
        gathering = Gathering(self.chain.base)
        pages: tuple[Page, ...] = FIRST_PAGES
        answers: Sequence[Answer] = await asyncio.gather(*(self.chain.call(page.request) for page in pages))
        while pages:
            taken = [self._take(gathering, page, answer) for page, answer in zip(pages, answers, strict=True)]
            failed = next((why for why in taken if isinstance(why, Unreadable)), None)
            if failed is not None:
                return failed
            pages = tuple(page for following in taken if isinstance(following, tuple) for page in following)
            answers = await self.chain.send(tuple(page.request for page in pages))
        try:
            return gathering.topology
        except Malformed as error:
            return self.failures.note_answer(FIRST_PAGES[1].request, error)

    def _take(self, gathering: Gathering, page: Page, answer: Answer) -> tuple[Page, ...] | Unreadable:
        if isinstance(answer, Fault):
            return self.failures.note(answer)
        try:
            return gathering.absorb(page, answer.body)
        except (Malformed, ForeignLink) as error:
            return self.failures.note_answer(page.request, error)

    async def principals(self, queries: Sequence[PrincipalQuery]) -> Principals:
        """What was found, by what was asked for."""
        asked = tuple(questions(queries))
        answers = await self.chain.send(tuple(question.request for question in asked))
        found: dict[str, Found] = {}
        for question, answer in zip(asked, answers, strict=True):
            records = await self._records(question.request, answer)
            named = records if isinstance(records, Unreadable) else sorted_out(question, records)
            for text in question.values:
                here = named if isinstance(named, Unreadable) else named[text]
                found[text] = _both(found.get(text, ()), here)
        missing = [query for query in queries if query.known and found[query.text] == ()]
        return {**found, **await self._looked_at(missing)}

    async def _looked_at(self, queries: Sequence[PrincipalQuery]) -> Principals:
        """What no list shows although the ledger knows it, looked at by id: gone, or not known after all.

        A list may be empty for a while or leave something out; an app that is there must not be taken for gone.
        """
        requests = tuple(known_request(query) for query in queries)
        answers = await self.chain.send(requests) if requests else ()
        return {
            query.text: self._gone(query, request, answer)
            for query, request, answer in zip(queries, requests, answers, strict=True)
        }

    def _gone(self, query: PrincipalQuery, request: Request, answer: Answer) -> Found:
        if isinstance(answer, Fault):
            return () if answer.is_gone else self.failures.note(answer)
        try:
            return self.failures.note_left_out(request) if is_meant(query, answer.body) else ()
        except Malformed as error:
            return self.failures.note_answer(request, error)

    async def readings(
        self, bindings: Bindings, demands: Mapping[Address, Demand]
    ) -> Mapping[Address, AppReading | Unreadable]:
        """What was read of every app that has a principal and of which something is wanted."""
        subjects = [
            Subject(app, bindings.principals[app], bindings.jobs.get(app, ""), demand)
            for app, demand in demands.items()
            if demand.parts and app in bindings.principals
        ]
        room = asyncio.Semaphore(MOST_IN_FLIGHT)

        async def read(chunk: Sequence[Subject]) -> Mapping[Address, AppReading]:
            async with room:
                return await self._apps.read(chunk)

        found: dict[Address, AppReading | Unreadable] = {}
        for readings in await asyncio.gather(*map(read, _chunks(subjects))):
            found |= readings
        return found

    async def _records(self, request: Request, answer: Answer) -> list[PrincipalRecord] | Unreadable:
        """The principals of a page and of those that follow."""
        records: list[PrincipalRecord] = []
        for _ in range(_MOST_PAGES):
            if isinstance(answer, Fault):
                return self.failures.note(answer)
            try:
                page, following = answered(self.chain.base, answer.body)
            except (Malformed, ForeignLink) as error:
                return self.failures.note_answer(request, error)
            records.extend(page)
            if following is None:
                return records
            request, answer = following, await self.chain.call(following)
        return self.failures.note_answer(request, Malformed("a list of principals has no end"))


def _both(some: Found, more: Found) -> Found:
    """What two queries for one text found; not known where either is not."""
    if isinstance(some, Unreadable):
        return some
    return more if isinstance(more, Unreadable) else tuple(dict.fromkeys((*some, *more)))


def calls_needed(queries: Sequence[PrincipalQuery], demands: Mapping[Address, Demand], *, topology: bool) -> int:
    """How many requests reading will take, where each app has one job and no list has a second page."""
    asked = ceil(len(tuple(questions(queries))) / MOST_ITEMS)
    parts = [demand.parts for demand in demands.values() if demand.parts]
    apps = 0
    for chunk in _chunks(parts):
        jobs, lists, schemas = (
            sum(bool(wanted & part) for wanted in chunk)
            for part in (AppPart.JOB | AppPart.SCHEMA, AppPart.CONNECTION, AppPart.SCHEMA)
        )
        apps += ceil((jobs + lists) / MOST_ITEMS) + ceil(schemas / MOST_ITEMS)
    return (len(FIRST_PAGES) if topology else 0) + asked + apps


def _chunks(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + MOST_ITEMS] for start in range(0, len(items), MOST_ITEMS)]
