"""Answer with entities: what an entity type has, how it is expanded, selected, filtered, counted and cut into pages.

Pages: https://learn.microsoft.com/graph/query-parameters and https://learn.microsoft.com/graph/paging
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import quote

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.emulator.context import Answer, Call, Context
from reconciler.emulator.errors import GraphError, bad_request
from reconciler.emulator.odata import (
    Entity,
    Query,
    QueryError,
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


class Navigation(Struct, frozen=True):
    """A navigation property: the name of the type on its other side (in a `Types`), and how to find what is there."""

    target: str
    related: Related


class EntityType(Struct, frozen=True):
    """What can be asked of a kind of entity.

    `directory` marks directory objects, whose advanced queries need the header `ConsistencyLevel: eventual`.
    """

    set_name: str
    properties: tuple[str, ...]
    navigations: dict[str, Navigation] = field(default_factory=dict)
    directory: bool = False


class Types(Struct, frozen=True):
    """Entity types by name, so that navigations can lead from one to the other and back."""

    by_name: dict[str, EntityType]

    def collection(self, name: str, context: Context, call: Call, entities: Iterable[Entity]) -> Answer:
        """The answer to GET of a collection: one page of it. Raises GraphError 400 for a query that cannot be done."""
        entity_type = self.by_name[name]
        query = _query(call)
        self._check(entity_type, query, call)
        page = _done(lambda: apply_query(query, entities, context.switches.page_size))
        body: Entity = {"@odata.context": f"{context.base}/$metadata#{entity_type.set_name}"}
        if page.count is not None:
            body["@odata.count"] = page.count
        if page.next_token is not None:
            body["@odata.nextLink"] = _next_link(context, call, page.next_token)
        body["value"] = [self._presented(entity_type, context, entity, query) for entity in page.entities]
        return Answer(HTTPStatus.OK, body)

    def one(self, name: str, context: Context, call: Call, entity: Entity, status: int = HTTPStatus.OK) -> Answer:
        """The answer that holds one entity. Raises GraphError 400 for a query that cannot be done."""
        entity_type = self.by_name[name]
        query = _query(call)
        if query.filter or query.order or query.top or query.skip or query.count:
            raise bad_request("Query options $filter, $orderby, $count, $skip and $top apply only to collections.")
        self._check(entity_type, query, call)
        head: Entity = {"@odata.context": f"{context.base}/$metadata#{entity_type.set_name}/$entity"}
        return Answer(status, head | self._presented(entity_type, context, entity, query))

    def count(self, name: str, call: Call, entities: Iterable[Entity]) -> Answer:
        """The answer to GET of a `$count` segment: a bare number. Raises GraphError 400 as `collection` does."""
        entity_type = self.by_name[name]
        query = _query(call)
        if entity_type.directory and not _eventual(call):
            raise bad_request("$count is not currently supported without the header ConsistencyLevel: eventual.")
        self._check(entity_type, query, call)
        bare = replace(query, top=None, skip=0, offset=None, count=True, expand=(), select=None)
        number = _done(lambda: apply_query(bare, entities, 1)).count
        return Answer(HTTPStatus.OK, str(number).encode(), content_type="text/plain")

    def _presented(self, kind: EntityType, context: Context, entity: Entity, query: Query) -> Entity:
        entity = {name: value for name, value in entity.items() if not name.startswith("_")}
        expanded = {
            expand.name: self._expanded(kind.navigations[expand.name], context, str(entity["id"]), expand.query)
            for expand in query.expand
        }
        return project(entity | expanded, query)

    def _expanded(self, navigation: Navigation, context: Context, identifier: str, query: Query) -> list[Entity]:
        target = self.by_name[navigation.target]
        found = _done(lambda: apply_nested(query, navigation.related(context, identifier)))
        return [self._presented(target, context, each, query) for each in found]

    def _check(self, kind: EntityType, query: Query, call: Call) -> None:
        """Refuse a query that names what is not there, whether or not any entity would show it."""
        self._require(kind, query, 0)
        advanced = query.filter is not None and (_negative(query.filter) or bool(query.order))
        if kind.directory and advanced and not (_eventual(call) and query.count):
            raise GraphError(
                HTTPStatus.BAD_REQUEST,
                "Request_UnsupportedQuery",
                "Operator or sorting not supported without the header ConsistencyLevel: eventual and $count=true.",
            )

    def _require(self, kind: EntityType, query: Query, depth: int) -> None:
        if depth > MAX_EXPANSIONS:
            raise bad_request(f"$expand is nested deeper than {MAX_EXPANSIONS} levels.")
        _done(lambda: require_known(query, kind.properties, tuple(kind.navigations)))
        for expand in query.expand:
            self._require(self.by_name[kind.navigations[expand.name].target], expand.query, depth + 1)


def _query(call: Call) -> Query:
    return _done(lambda: parse_query(call.query))


def _done(step: Callable[[], T]) -> T:
    try:
        return step()
    except QueryError as error:
        raise GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", error.message) from None


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
