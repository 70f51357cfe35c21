"""Reads that are asked for together travel together: at most 20 in one `$batch`, each with an answer of its own.

Page: learn.microsoft.com/graph/json-batching.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from reconciler.model.fields import Surface
from reconciler.model.ports import Clock
from reconciler.msgraph.transport.answer import Answer, Fault, Layer, Trouble
from reconciler.msgraph.transport.interpret import answer_of
from reconciler.msgraph.wire.decoding import Malformed, decode
from reconciler.msgraph.wire.request import BATCH, Request

MOST_ITEMS = 20
"""Calls that one batch may hold; the service refuses more."""


class _Item(msgspec.Struct):
    id: str
    status: int
    headers: dict[str, str | int | float | None] | None = None
    body: msgspec.Raw = msgspec.Raw(b"")


class _Batch(msgspec.Struct):
    responses: list[_Item]


class Batch:
    """The fourth layer: packs reads of one surface into batches and unpacks the answers; a lone call goes by itself."""

    def __init__(self, inner: Layer, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    async def send(self, requests: tuple[Request, ...]) -> tuple[Answer, ...]:
        """Answer every call."""
        groups = list(_groups(requests))
        sent = await asyncio.gather(*(self._group(tuple(requests[place] for place in group)) for group in groups))
        answers: dict[int, Answer] = {}
        for group, got in zip(groups, sent, strict=True):
            answers |= zip(group, got, strict=True)
        return tuple(answers[place] for place in range(len(requests)))

    async def _group(self, group: tuple[Request, ...]) -> tuple[Answer, ...]:
        if len(group) == 1:
            return await self._inner.send(group)
        items = [
            {"id": str(place), "method": request.method, "url": request.path} for place, request in enumerate(group)
        ]
        batch = Request("POST", BATCH, group[0].surface, {"requests": items})
        (whole,) = await self._inner.send((batch,))
        if not isinstance(whole, Fault):
            try:
                responses = {item.id: item for item in decode(whole.body, _Batch).responses}
            except Malformed as error:
                whole = Fault("POST", "/$batch", Trouble.MALFORMED, error.message, whole.status)
            else:
                return tuple(self._item(request, responses.get(str(place))) for place, request in enumerate(group))
        fault = replace(whole, uncertain=False)
        return tuple(replace(fault, method=request.method, path=request.path) for request in group)

    def _item(self, request: Request, item: _Item | None) -> Answer:
        if item is None:
            return Fault(request.method, request.path, Trouble.MALFORMED, "the batch has no answer for this call")
        headers = {name.lower(): str(value) for name, value in (item.headers or {}).items()}
        return answer_of(request, item.status, headers, item.body, now=self._clock.now())


def _groups(requests: tuple[Request, ...]) -> Iterator[list[int]]:
    """The places of calls that travel together."""
    reads: dict[Surface, list[int]] = {surface: [] for surface in Surface}
    for place, request in enumerate(requests):
        if request.is_read:
            reads[request.surface].append(place)
        else:
            yield [place]
    for places in reads.values():
        yield from (places[start : start + MOST_ITEMS] for start in range(0, len(places), MOST_ITEMS))
