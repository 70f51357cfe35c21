"""Answer with entities: what an entity type has, how it is expanded, selected, filtered, counted and cut into pages.

Pages: https://learn.microsoft.com/graph/query-parameters and https://learn.microsoft.com/graph/paging
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

from reconciler.emulator.context import Answer, Call, Context
from reconciler.emulator.errors import GraphError, bad_request
from reconciler.emulator.odata import (
    Entity,
    ODataError,
    Query,
    apply_nested,
    apply_query,
    next_parameters,
    parse_query,
    project,
    require_known,
)
from reconciler.emulator.odata.filter_tree import And, Compare, Filter, Not, Operator, Or

T = TypeVar("T")

MAX_EXPANSIONS = 4
"""How deep `$expand` may stand in `$expand`: each level multiplies the answer."""

Related = Callable[[Context, str], list[Entity]]
"""The entities on the other side of a navigation property of the entity with this id, in order of creation."""


@dataclass(frozen=True, slots=True)
class Navigation:
    """A navigation property: the name of the type on its other side (in a `Types`), and how to find what is there."""

    target: str
    related: Related


@dataclass(frozen=True, slots=True)
class EntityType:
    """What can be asked of a kind of entity.

    `directory` marks directory objects, whose advanced queries need the header `ConsistencyLevel: eventual`.
    """

    set_name: str
    properties: tuple[str, ...]
    navigations: dict[str, Navigation] = field(default_factory=dict)
    directory: bool = False
    open: bool = False
    """Whether entities have members beside `properties`, which can be asked for too."""


@dataclass(frozen=True, slots=True)
class Types:
    """Entity types by name, so that navigations can lead from one to the other and back."""

    by_name: dict[str, EntityType]

    def collection(self, name: str, context: Context, call: Call, entities: Iterable[Entity]) -> Answer:
        """The answer to GET of a collection: one page of it. Raises GraphError 400 for a query that cannot be done."""
        entity_type = self.by_name[name]
        query = _query(call)
        _check(entity_type, query, call)
        page = _done(lambda: apply_query(query, entities, context.switches.page_size))
        body: Entity = {"@odata.context": f"{context.base}/$metadata#{entity_type.set_name}"}
        if page.count is not None:
            body["@odata.count"] = page.count
        if page.next_token is not None:
            body["@odata.nextLink"] = _next_link(context, call, page.next_token)
        body["value"] = [self._presented(entity_type, context, entity, query, 1) for entity in page.entities]
        return Answer(HTTPStatus.OK, body)

    def one(self, name: str, context: Context, call: Call, entity: Entity, status: int = HTTPStatus.OK) -> Answer:
        """The answer that holds one entity. Raises GraphError 400 for a query that cannot be done."""
        entity_type = self.by_name[name]
        query = _query(call)
        if query.filter or query.order or query.top or query.skip or query.count:
            raise bad_request("Query options $filter, $orderby, $count, $skip and $top apply only to collections.")
        _check(entity_type, query, call)
        head: Entity = {"@odata.context": f"{context.base}/$metadata#{entity_type.set_name}/$entity"}
        return Answer(status, head | self._presented(entity_type, context, entity, query, 1))

    def count(self, name: str, call: Call, entities: Iterable[Entity]) -> Answer:
        """The answer to GET of a `$count` segment: a bare number. Raises GraphError 400 as `collection` does."""
        entity_type = self.by_name[name]
        query = _query(call)
        if entity_type.directory and not _eventual(call):
            raise bad_request("$count is not currently supported without the header ConsistencyLevel: eventual.")
        _check(entity_type, query, call)
        bare = replace(query, top=None, skip=0, offset=None, count=True, expand=(), select=None)
        number = _done(lambda: apply_query(bare, entities, 1)).count
        return Answer(HTTPStatus.OK, str(number).encode(), content_type="text/plain")

    def _presented(self, kind: EntityType, context: Context, entity: Entity, query: Query, depth: int) -> Entity:
        entity = {name: value for name, value in entity.items() if not name.startswith("_")}
        if depth > MAX_EXPANSIONS and query.expand:
            raise bad_request(f"$expand is nested deeper than {MAX_EXPANSIONS} levels.")
        expanded = {
            expand.name: self._expanded(kind.navigations[expand.name], context, str(entity["id"]), expand.query, depth)
            for expand in query.expand
        }
        return project(entity | expanded, query)

    def _expanded(
        self, navigation: Navigation, context: Context, identifier: str, query: Query, depth: int
    ) -> list[Entity]:
        target = self.by_name[navigation.target]
        _done(lambda: _require(target, query))
        found = _done(lambda: apply_nested(query, navigation.related(context, identifier)))
        return [self._presented(target, context, each, query, depth + 1) for each in found]


def _query(call: Call) -> Query:
    return _done(lambda: parse_query(call.query))


def _done(step: Callable[[], T]) -> T:
    try:
        return step()
    except ODataError as error:
        raise GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", error.message) from None


def _require(kind: EntityType, query: Query) -> None:
    if kind.open:
        query = replace(query, select=None, filter=None, order=())
    require_known(query, kind.properties, tuple(kind.navigations))


def _check(kind: EntityType, query: Query, call: Call) -> None:
    _done(lambda: _require(kind, query))
    if not kind.directory:
        return
    advanced = query.filter is not None and (_negative(query.filter) or bool(query.order))
    if advanced and not (_eventual(call) and query.count):
        raise GraphError(
            HTTPStatus.BAD_REQUEST,
            "Request_UnsupportedQuery",
            "Operator or sorting not supported without the header ConsistencyLevel: eventual and $count=true.",
        )


def _eventual(call: Call) -> bool:
    return call.headers.get("consistencylevel", "").strip().lower() == "eventual"


def _negative(tree: Filter) -> bool:
    match tree:
        case Not():
            return True
        case Compare(operator=Operator.NE):
            return True
        case And(terms) | Or(terms):
            return any(_negative(term) for term in terms)
        case _:
            return False


def _next_link(context: Context, call: Call, token: str) -> str:
    pairs = next_parameters(call.query, token)
    query = "&".join(f"{quote(name, safe='$')}={quote(value, safe='(),')}" for name, value in pairs)
    return f"{context.base}{call.path}?{query}"
