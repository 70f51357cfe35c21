"""Answer with a schema: its stored text untouched, unless the caller selects members."""

import json
from http import HTTPStatus

from reconciler.emulator.context import Answer, Call, Context
from reconciler.emulator.errors import GraphError, bad_request
from reconciler.emulator.odata import Entity, ODataError, Query, parse_query, project, require_known

_PROPERTIES = ("id", "version", "synchronizationRules", "directories")


def schema_answer(context: Context, call: Call, name: str, text: str) -> Answer:
    """Return the answer for a schema of this JSON text; `name` is what its `@odata.context` calls it.

    `$select` is done; `$expand=directories` changes nothing, as they are always there. Raises GraphError 400 for what
    cannot be done.
    """
    head = json.dumps(f"{context.base}/$metadata#{name}/$entity")
    query = _query(call)
    if query.select is not None:
        document: Entity = json.loads(text)
        text = json.dumps(project(document, query), ensure_ascii=False, separators=(",", ":"))
    rest = text[1:] if text == "{}" else f",{text[1:]}"
    return Answer(HTTPStatus.OK, f'{{"@odata.context":{head}{rest}'.encode())


def _query(call: Call) -> Query:
    try:
        query = parse_query(call.query)
        require_known(query, _PROPERTIES, ("directories",))
    except ODataError as fault:
        raise GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", fault.message) from None
    if query.filter or query.order or query.top or query.skip or query.count:
        raise bad_request("Query options $filter, $orderby, $count, $skip and $top apply only to collections.")
    return query
