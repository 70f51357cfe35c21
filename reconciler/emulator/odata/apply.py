"""Apply a query to plain entities: filter, order, cut into pages, select members."""

from collections.abc import Iterable
from functools import partial

from msgspec import Struct

from reconciler.emulator.odata.evaluate import Scalar, read, test_of
from reconciler.emulator.odata.query import OrderKey, Query, skiptoken

Entity = dict[str, object]


class Page(Struct, frozen=True):
    """One page of an answer.

    `count` is that of the whole filtered collection and stands on the first page alone, where it was asked for.
    `next_token` is the `$skiptoken` of the page that follows, None on the last one.
    """

    entities: tuple[Entity, ...]
    next_token: str | None
    count: int | None


def apply_query(query: Query, entities: Iterable[Entity], page_size: int) -> Page:
    """Return the page that `query` asks for; `page_size` holds where it has no `$top`.

    Raises QueryError where the filter cannot be evaluated.
    """
    whole = _filtered_and_ordered(query, entities)
    begin = query.skip if query.offset is None else query.offset
    end = begin + (query.top or page_size)
    count = len(whole) if query.count and query.offset is None else None
    return Page(tuple(whole[begin:end]), skiptoken(end) if end < len(whole) else None, count)


def apply_nested(query: Query, entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return the entities of an expansion: an expanded collection has no pages, so `$top` cuts it."""
    whole = _filtered_and_ordered(query, entities)[query.skip :]
    return tuple(whole[: query.top] if query.top else whole)


def project(entity: Entity, query: Query) -> Entity:
    """Return the members that `$select` names; what was expanded and all annotations (`@odata.…`) stay."""
    if query.select is None:
        return entity
    kept = {*query.select, *(expand.name for expand in query.expand)}
    return {name: value for name, value in entity.items() if name in kept or name.startswith("@")}


def next_parameters(parameters: Iterable[tuple[str, str]], token: str) -> list[tuple[str, str]]:
    """Return the parameters of the nextLink: those of the request, with the place to go on from instead of its own."""
    own = {"$skip", "skip", "$skiptoken", "skiptoken"}
    return [*((name, value) for name, value in parameters if name not in own), ("$skiptoken", token)]


def _filtered_and_ordered(query: Query, entities: Iterable[Entity]) -> list[Entity]:
    found = list(entities) if query.filter is None else list(filter(test_of(query.filter), entities))
    for key in reversed(query.order):
        found.sort(key=partial(_rank, key), reverse=key.descending)
    return found


def _rank(key: OrderKey, entity: Entity) -> tuple[int, float, str]:
    """Nulls come first, as OData says, then booleans and numbers, then texts without case; a sort is stable."""
    value: Scalar = read(entity, key.path)
    if value is None:
        return (0, 0, "")
    return (2, 0, value.casefold()) if isinstance(value, str) else (1, value, "")
