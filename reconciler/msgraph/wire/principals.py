"""Service principals: the calls that find those which a spec names, and what they answer.

Page: learn.microsoft.com/graph/api/serviceprincipal-list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import msgspec

from reconciler.model.fields import Surface
from reconciler.model.inventory import PrincipalRecord
from reconciler.msgraph.wire.decoding import Encoded, decode
from reconciler.msgraph.wire.links import below
from reconciler.msgraph.wire.paths import FILTER_CLAUSES, principals
from reconciler.msgraph.wire.request import Request


class NamedBy(Enum):
    """What a spec may name a principal by; the value is the property's name in a filter."""

    ID = "id"
    APP_ID = "appId"
    DISPLAY_NAME = "displayName"


@dataclass(frozen=True, slots=True)
class Question:
    """One call that looks for principals by one property."""

    by: NamedBy
    values: tuple[str, ...]
    request: Request


class _Principal(msgspec.Struct, rename="camel"):
    id: str
    app_id: str | None = None
    display_name: str | None = None


class _Principals(msgspec.Struct):
    value: list[_Principal]
    more: str | None = msgspec.field(name="@odata.nextLink", default=None)


_PROPERTY: Mapping[NamedBy, Callable[[PrincipalRecord], str]] = {
    NamedBy.ID: lambda principal: principal.id,
    NamedBy.APP_ID: lambda principal: principal.app_id,
    NamedBy.DISPLAY_NAME: lambda principal: principal.display_name,
}


def questions(named: Mapping[NamedBy, Iterable[str]]) -> Iterator[Question]:
    """The fewest calls that find all principals of these names."""
    for by, values in named.items():
        wanted = tuple(dict.fromkeys(values))
        for start in range(0, len(wanted), FILTER_CLAUSES):
            some = wanted[start : start + FILTER_CLAUSES]
            yield Question(by, some, Request("GET", principals(by.value, some), Surface.APPS))


def answered(base: str, body: Encoded) -> tuple[list[PrincipalRecord], Request | None]:
    """The principals of a page, and the call for the next page. Raises Malformed and ForeignLink."""
    page = decode(body, _Principals)
    records = [PrincipalRecord(found.id, found.app_id or "", found.display_name or "") for found in page.value]
    following = Request("GET", below(base, page.more), Surface.APPS) if page.more else None
    return records, following


def sorted_out(question: Question, records: Iterable[PrincipalRecord]) -> Mapping[str, tuple[PrincipalRecord, ...]]:
    """The records by the name that asked for them, compared without case; an empty tuple where none was found."""
    found: dict[str, list[PrincipalRecord]] = {value.casefold(): [] for value in question.values}
    for record in dict.fromkeys(records):
        found.get(_PROPERTY[question.by](record).casefold(), []).append(record)
    return {value: tuple(found[value.casefold()]) for value in question.values}
