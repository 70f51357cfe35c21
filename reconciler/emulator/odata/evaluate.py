"""Decide whether an entity satisfies a filter.

Texts are compared without case, as the directory does for `eq` and `startswith`. A member that is absent is null:
`ne 'x'` holds for it, `eq null` too. A literal of a type that the member has not is refused, not called unequal,
because `ne` would then answer with everything.
Page: https://learn.microsoft.com/graph/filter-query-parameter
"""

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne

from reconciler.emulator.odata.fault import QueryError
from reconciler.emulator.odata.filter_tree import (
    And,
    Compare,
    Filter,
    Guid,
    Literal,
    Moment,
    Not,
    Operator,
    Or,
    Path,
    StartsWith,
)

_COMPARE = {Operator.GT: gt, Operator.GE: ge, Operator.LT: lt, Operator.LE: le, Operator.EQ: eq, Operator.NE: ne}

Scalar = str | int | float | bool | None
Test = Callable[[Mapping[str, object]], bool]


def test_of(tree: Filter) -> Test:
    """The filter as a function of an entity, made once and asked for each: collections have thousands of members.

    The function raises QueryError where a path leads into a collection or an object, or a literal has another type
    than the member.
    """
    match tree:
        case Compare(path, operator, literal):
            return lambda entity: _compares(read(entity, path), operator, literal, path)
        case StartsWith(path, prefix):
            return lambda entity: _starts(read(entity, path), prefix.casefold(), path)
        case Not(term):
            inner = test_of(term)
            return lambda entity: not inner(entity)
        case And(terms):
            tests = [test_of(term) for term in terms]
            return lambda entity: all(test(entity) for test in tests)
        case Or(terms):
            return _one_of(terms) or _any_of(terms)


def _any_of(terms: tuple[Filter, ...]) -> Test:
    tests = [test_of(term) for term in terms]
    return lambda entity: any(test(entity) for test in tests)


def _one_of(terms: tuple[Filter, ...]) -> Test | None:
    """`a eq 'x' or a eq 'y' or …` as one look into a set; None for any other alternative."""
    texts: set[str] = set()
    paths: set[Path] = set()
    for term in terms:
        match term:
            case Compare(path, Operator.EQ, str() as text):
                paths.add(path)
                texts.add(text.casefold())
            case _:
                return None
    if len(paths) != 1:
        return None
    (path,) = paths

    def test(entity: Mapping[str, object]) -> bool:
        value = read(entity, path)
        if value is not None and not isinstance(value, str):
            raise _incompatible(path)
        return value is not None and value.casefold() in texts

    return test


def _starts(value: Scalar, prefix: str, path: Path) -> bool:
    if value is not None and not isinstance(value, str):
        raise _incompatible(path)
    return value is not None and value.casefold().startswith(prefix)


def read(entity: Mapping[str, object], path: Path) -> Scalar:
    """Return the scalar at a path, None where any part of it is absent.

    Raises QueryError where it leads into a collection or ends in an object.
    """
    found: object = entity
    for name in path:
        if found is None:
            return None
        if not isinstance(found, Mapping):
            raise _incompatible(path)
        found = found.get(name)
    if found is not None and not isinstance(found, str | int | float):
        raise _incompatible(path)
    return found


def _compares(value: Scalar, operator: Operator, literal: Literal, path: Path) -> bool:
    wanted = _plain(literal)
    if value is None or wanted is None:
        same = value is None and wanted is None
        return {Operator.EQ: same, Operator.NE: not same}.get(operator, False)
    if _family(value) is not _family(wanted):
        raise _incompatible(path)
    return bool(_COMPARE[operator](_folded(value), _folded(wanted)))


def _plain(literal: Literal) -> Scalar:
    match literal:
        case Guid(text):
            return text
        case Moment():
            return literal.whole
    return literal


def _family(value: Scalar) -> type:
    if isinstance(value, bool):
        return bool
    return str if isinstance(value, str) else float


def _folded(value: str | float | bool) -> str | float | bool:
    return value.casefold() if isinstance(value, str) else value


def _incompatible(path: Path) -> QueryError:
    return QueryError(
        f"A binary operator with incompatible types was detected: '{'/'.join(path)}' cannot be compared so."
    )
