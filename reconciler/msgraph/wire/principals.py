"""Service principals: the calls that find those which a spec names, and what they answer.

Pages: learn.microsoft.com/graph/api/serviceprincipal-list and /serviceprincipal-get.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct

from reconciler.model.fields import Surface
from reconciler.model.inventory import PrincipalRecord
from reconciler.model.principals import PrincipalKey, PrincipalQuery
from reconciler.msgraph.wire.decoding import Encoded, decode
from reconciler.msgraph.wire.links import below
from reconciler.msgraph.wire.paths import FILTER_CLAUSES, principal, principals
from reconciler.msgraph.wire.request import Request


class Question(Struct, frozen=True):
    """One call that looks for principals by one property."""

    by: PrincipalKey
    values: tuple[str, ...]
    request: Request


class _Principal(msgspec.Struct, rename="camel"):
    id: str
    app_id: str | None = None
    display_name: str | None = None


class _Principals(msgspec.Struct):
    value: list[_Principal]
    more: str | None = msgspec.field(name="@odata.nextLink", default=None)


_PROPERTY: Mapping[PrincipalKey, Callable[[PrincipalRecord], str]] = {
    PrincipalKey.ID: lambda principal: principal.id,
    PrincipalKey.APP_ID: lambda principal: principal.app_id,
    PrincipalKey.DISPLAY_NAME: lambda principal: principal.display_name,
}


def questions(queries: Iterable[PrincipalQuery]) -> Iterator[Question]:
    """The fewest calls that answer all queries."""
    texts: dict[PrincipalKey, dict[str, None]] = {}
    for query in queries:
        texts.setdefault(query.by, {})[query.text] = None
    for by, asked in texts.items():
        values = tuple(asked)
        for start in range(0, len(values), FILTER_CLAUSES):
            some = values[start : start + FILTER_CLAUSES]
            name = by.value.partition(".")[2]
            yield Question(by, some, Request("GET", principals(name, some), Surface.APPS))


def answered(base: str, body: Encoded) -> tuple[list[PrincipalRecord], Request | None]:
    """The principals of a page, and the call for the next page. Raises Malformed and ForeignLink."""
    page = decode(body, _Principals)
    records = [_record(found) for found in page.value]
    following = Request("GET", below(base, page.more), Surface.APPS) if page.more else None
    return records, following


def sorted_out(question: Question, records: Iterable[PrincipalRecord]) -> Mapping[str, tuple[PrincipalRecord, ...]]:
    """The records by the name that asked for them, compared without case; an empty tuple where none was found."""
    found: dict[str, list[PrincipalRecord]] = {value.casefold(): [] for value in question.values}
    for record in dict.fromkeys(records):
        found.get(_PROPERTY[question.by](record).casefold(), []).append(record)
    return {value: tuple(found[value.casefold()]) for value in question.values}


def known_request(query: PrincipalQuery) -> Request:
    """The call that looks at the id which the ledger has, where no list shows what was looked up."""
    return Request("GET", principal(query.known), Surface.APPS)


def is_meant(query: PrincipalQuery, body: Encoded) -> bool:
    """Whether the principal of the known id is what was looked up. Raises Malformed."""
    return _PROPERTY[query.by](_record(decode(body, _Principal))).casefold() == query.text.casefold()


def _record(found: _Principal) -> PrincipalRecord:
    return PrincipalRecord(found.id, found.app_id or "", found.display_name or "")
