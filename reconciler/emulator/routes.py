"""Find the operation that an address and a method name.

The table of operations becomes a tree of segments; literals win over keys.

    /applications ─ $count
                  ├ {application} ─ …
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus

from msgspec import Struct

from reconciler.emulator.addresses import MAX_SEGMENTS, called
from reconciler.emulator.context import Key, Operation
from reconciler.emulator.errors import GraphError


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    key: _Node | None = None
    operations: dict[str, list[tuple[Operation, tuple[str, ...]]]] = field(default_factory=dict)


class Match(Struct, frozen=True):
    """An operation with the keys that its address holds."""

    operation: Operation
    keys: dict[str, Key]


class Routes:
    """A table of operations that can be searched."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        for operation in operations:
            self._add(operation)

    def match(self, method: str, segments: tuple[str, ...], version: str) -> Match:
        """The operation for a method and the segments below the version.

        Raises GraphError 400 where no address has these segments, 405 where one has, but not with this method.
        """
        keys: list[Key] = []
        node = self._walk(segments, keys)
        offered = [each for found in node.operations.values() for each in found if version in each[0].versions]
        if not offered:
            raise _no_segment(segments[-1] if segments else "")
        for operation, names in offered:
            if operation.method == method:
                return Match(operation, dict(zip(names, keys, strict=True)))
        raise _not_allowed()

    def _add(self, operation: Operation) -> None:
        node = self._root
        names = []
        for segment in operation.template.strip("/").split("/"):
            if segment.startswith("{"):
                node.key = node.key or _Node()
                node = node.key
                names.append(segment.strip("{}"))
            else:
                node = node.literals.setdefault(segment.casefold(), _Node())
        node.operations.setdefault(operation.method, []).append((operation, tuple(names)))

    def _walk(self, segments: tuple[str, ...], keys: list[Key]) -> _Node:
        if len(segments) > MAX_SEGMENTS:
            raise _no_segment(segments[MAX_SEGMENTS])
        node = self._root
        for segment in segments:
            node = self._step(node, segment, keys)
        return node

    def _step(self, node: _Node, segment: str, keys: list[Key]) -> _Node:
        literal = node.literals.get(segment.casefold())
        if literal:
            return literal
        parts = called(segment)
        named = node.literals.get(parts.name.casefold()) if parts else None
        if parts and named:
            if parts.key is None:
                return named
            if named.key:
                keys.append(parts.key)
                return named.key
        elif node.key and not segment.startswith("$"):
            keys.append(Key(segment))
            return node.key
        raise _not_allowed() if segment == "$ref" else _no_segment(segment)


def _no_segment(segment: str) -> GraphError:
    message = f"Resource not found for the segment '{segment[:64]}'."
    return GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", message)


def _not_allowed() -> GraphError:
    message = "Specified HTTP method is not allowed for the request target."
    return GraphError(HTTPStatus.METHOD_NOT_ALLOWED, "Request_BadRequest", message)
