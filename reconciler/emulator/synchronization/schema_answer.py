"""Answer with a schema: its stored text untouched, unless the caller selects members."""

import json
from http import HTTPStatus

from reconciler.emulator.context import Answer, Call, Context
from reconciler.emulator.errors import GraphError, bad_request
from reconciler.emulator.odata import Entity, Query, QueryError, parse_query, project, require_known

_PROPERTIES = ("id", "version", "synchronizationRules", "directories")


def schema_answer(context: Context, call: Call, name: str, members: tuple[bytes, ...]) -> Answer:
    """Return the answer for a schema of these members; `name` is what its `@odata.context` calls it.

    `$select` is done; `$expand=directories` changes nothing, as they are always there. Raises GraphError 400 for what
    cannot be done.
    """
    query = _query(call)
    if query.select is not None:
        document: Entity = json.loads(b"".join((b"{", *members)))
        members = (json.dumps(project(document, query), ensure_ascii=False, separators=(",", ":"))[1:].encode(),)
    head = f'{{"@odata.context":{json.dumps(f"{context.base}/$metadata#{name}/$entity")}'
    comma = b"" if members == (b"}",) else b","
    return Answer(HTTPStatus.OK, b"".join((head.encode(), comma, *members)))


def _query(call: Call) -> Query:
    try:
        query = parse_query(call.query)
        require_known(query, _PROPERTIES, ("directories",))
    except QueryError as fault:
        raise GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", fault.message) from None
    if query.filter or query.order or query.top or query.skip or query.count:
        raise bad_request("Query options $filter, $orderby, $count, $skip and $top apply only to collections.")
    return query
