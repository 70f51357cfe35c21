"""Parse the query options of a request into one frozen value."""

import base64
import binascii
import re
from collections.abc import Callable, Collection, Iterable

from msgspec import Struct
from msgspec.structs import replace

from reconciler.emulator.odata.fault import MAX_DEPTH, MAX_TEXT, QueryError
from reconciler.emulator.odata.filter_parser import parse_filter
from reconciler.emulator.odata.filter_tree import Filter, Path, paths

MAX_TOP = 999
"""The largest page that may be asked for."""

_MAX_SKIP = 1_000_000_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}\Z")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}(?:/[A-Za-z_][A-Za-z0-9_]{0,127})*\Z")


class OrderKey(Struct, frozen=True):
    """One key of `$orderby`."""

    path: Path
    descending: bool = False


class Expand(Struct, frozen=True):
    """One navigation property to expand, with the options that stand in its parentheses."""

    name: str
    query: "Query"


class Query(Struct, frozen=True):
    """What a request asks of an entity or a collection; None where an option was not given.

    `top` is the size of a page, as in Graph, not a limit to the whole. `offset` comes from `$skiptoken`, which is given
    out by `apply_query` and means nothing to a client. `select` None means every member.
    """

    filter: Filter | None = None
    order: tuple[OrderKey, ...] = ()
    top: int | None = None
    skip: int = 0
    offset: int | None = None
    count: bool = False
    select: tuple[str, ...] | None = None
    expand: tuple[Expand, ...] = ()


def parse_query(parameters: Iterable[tuple[str, str]]) -> Query:
    """Return the query that decoded (name, value) pairs ask for.

    Graph lets a caller leave out the `$` of an option, so `top=5` is `$top=5`: were it ignored, `filter=…` would answer
    with everything. Other names without `$` are the caller's own and are ignored, as OData says.
    Raises QueryError for an unknown `$option`, an option given twice, and a value that cannot be understood.
    """
    return _parse(parameters, depth=0)


def require_known(query: Query, properties: Collection[str], navigations: Collection[str] = ()) -> None:
    """Raise QueryError where the query names a member, or expands a navigation property, that the type has not.

    Expanded queries are not followed: whoever walks the tree knows the type on the other side.
    """
    used = list(paths(query.filter)) if query.filter else []
    used += [key.path for key in query.order]
    used += [(name,) for name in query.select or () if name not in navigations]
    unknown = [path[0] for path in used if path[0] not in properties]
    unknown += [expand.name for expand in query.expand if expand.name not in navigations]
    if unknown:
        raise QueryError(f"Could not find a property named '{min(unknown)}' on the type of this resource.")


def skiptoken(offset: int) -> str:
    """Return the opaque token of the page that begins at `offset`."""
    return base64.urlsafe_b64encode(f"o{offset}".encode()).decode().rstrip("=")


def _parse(parameters: Iterable[tuple[str, str]], depth: int) -> Query:
    query = Query()
    seen: set[str] = set()
    for name, value in parameters:
        option = _option(name)
        if option is None:
            continue
        if option in seen:
            raise QueryError(f"Query option '{option}' was specified more than once.")
        if len(value) > MAX_TEXT:
            raise QueryError(f"Query option '{option}' is longer than {MAX_TEXT} characters.")
        seen.add(option)
        query = _OPTIONS[option](query, value, depth)
    return query


def _option(name: str) -> str | None:
    known = name if name.startswith("$") else f"${name}"
    if known in _OPTIONS:
        return known
    if name.startswith("$"):
        raise QueryError(f"The query parameter '{name[:64]}' is not supported.")
    return None


def _filter(query: Query, value: str, _depth: int) -> Query:
    return replace(query, filter=parse_filter(value))


def _orderby(query: Query, value: str, _depth: int) -> Query:
    return replace(query, order=tuple(_order_key(part) for part in value.split(",")))


def _order_key(text: str) -> OrderKey:
    words = text.split()
    directed = len(words) == 2 and words[1] in ("asc", "desc")
    if not (len(words) == 1 or directed) or not _PATH.match(words[0]):
        raise QueryError(f"Invalid $orderby clause: '{text.strip()[:64]}'.")
    return OrderKey(tuple(words[0].split("/")), descending=words[-1] == "desc" and directed)


def _top(query: Query, value: str, _depth: int) -> Query:
    return replace(query, top=_integer("$top", value, 1, MAX_TOP))


def _skip(query: Query, value: str, _depth: int) -> Query:
    return replace(query, skip=_integer("$skip", value, 0, _MAX_SKIP))


def _integer(option: str, value: str, lowest: int, highest: int) -> int:
    text = value.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and lowest <= int(text) <= highest):
        raise QueryError(f"Invalid value '{text[:32]}' for {option}. Must be between {lowest} and {highest} inclusive.")
    return int(text)


def _count(query: Query, value: str, _depth: int) -> Query:
    known = {"true": True, "false": False}.get(value.strip().lower())
    if known is None:
        raise QueryError(f"Invalid value '{value[:32]}' for $count. Must be true or false.")
    return replace(query, count=known)


def _select(query: Query, value: str, _depth: int) -> Query:
    names = tuple(name.strip() for name in value.split(","))
    if names == ("*",):
        return query
    for name in names:
        if not _NAME.match(name):
            raise QueryError(f"Parsing OData Select and Expand failed: '{name[:64]}' cannot be selected.")
    return replace(query, select=names)


def _expand(query: Query, value: str, depth: int) -> Query:
    if depth > MAX_DEPTH:
        raise QueryError(f"Parsing OData Select and Expand failed: nested deeper than {MAX_DEPTH} levels.")
    found = tuple(_expanded(part.strip(), depth) for part in _split(value, ","))
    names = [expand.name for expand in found]
    if len(set(names)) < len(names):
        raise QueryError("Parsing OData Select and Expand failed: a property is expanded twice.")
    return replace(query, expand=found)


def _expanded(text: str, depth: int) -> Expand:
    name, opened, rest = text.partition("(")
    name = name.strip()
    if not _NAME.match(name) or (opened and not rest.endswith(")")):
        raise QueryError(f"Parsing OData Select and Expand failed: '{text[:64]}' cannot be expanded.")
    if not opened:
        return Expand(name, Query())
    options: list[tuple[str, str]] = []
    for part in _split(rest[:-1], ";"):
        option, equals, value = part.strip().partition("=")
        if not equals or _option(option) in (None, "$skiptoken"):
            raise QueryError(f"Parsing OData Select and Expand failed: '{part[:64]}' is no option of an expansion.")
        options.append((option, value))
    return Expand(name, _parse(options, depth + 1))


def _split(text: str, separator: str) -> list[str]:
    """Cut at separators that stand outside of parentheses and quotes."""
    parts, begin, depth, quoted = [], 0, 0, False
    for position, character in enumerate(text):
        quoted ^= character == "'"
        depth += 0 if quoted else (character == "(") - (character == ")")
        if depth < 0 or depth > MAX_DEPTH * 2:
            break
        if character == separator and depth == 0 and not quoted:
            parts.append(text[begin:position])
            begin = position + 1
    if depth != 0 or quoted:
        raise QueryError("Parsing OData Select and Expand failed: unbalanced parentheses or quotes.")
    return [*parts, text[begin:]]


def _skiptoken(query: Query, value: str, _depth: int) -> Query:
    try:
        text = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not (text.startswith("o") and text[1:].isdigit() and len(text) <= 11):
        raise QueryError("The value of $skiptoken is not valid.")
    return replace(query, offset=int(text[1:]))


_OPTIONS: dict[str, Callable[[Query, str, int], Query]] = {
    "$filter": _filter,
    "$orderby": _orderby,
    "$top": _top,
    "$skip": _skip,
    "$count": _count,
    "$select": _select,
    "$expand": _expand,
    "$skiptoken": _skiptoken,
}
