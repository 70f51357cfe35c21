"""The tests of a mapping, as the spec writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconciler.model.mapping_tests import Expected, Given, MappingTest
from reconciler.spec.tree import Items, Node, Table


def tests_of(table: Table, full: Callable[[str], str]) -> Iterator[MappingTest]:
    """The tests that a mapping's table holds; `full` gives the whole name of a target attribute."""
    listed = table.get("tests")
    items = listed if isinstance(listed, Items) else ()
    return (_test(item, full) for item in items if isinstance(item, Table))


def _test(table: Table, full: Callable[[str], str]) -> MappingTest:
    given, in_scope, now = table.get("given"), table.get("inScope"), table.get("now")
    return MappingTest(
        {name: _given(value) for name, value in given.items()} if isinstance(given, Table) else {},
        dict(_expectations(table.get("expect"), full)),
        dict(_expectations(table.get("match"), full)),
        in_scope if isinstance(in_scope, bool) else None,
        table.get("creates") is not False,
        now if isinstance(now, str) else "",
        table.whole,
        table.place("inScope") if "inScope" in table else None,
    )


def _expectations(node: Node, full: Callable[[str], str]) -> Iterator[tuple[str, Expected]]:
    if isinstance(node, Table):
        for name, value in node.items():
            yield full(name), _expected(value, node, name)


def _expected(value: Node, table: Table, name: str) -> Expected:
    place = table.place(name)
    match value:
        case {"error": str(text)}:
            return Expected(error=text, place=place)
        case {"flow": False}:
            return Expected(flows=False, place=place)
    return Expected(_given(value), place=place)


def _given(value: Node) -> Given:
    if isinstance(value, Items):
        return tuple(each for each in value if isinstance(each, str | bool | int | float))
    return None if isinstance(value, Table) else value
