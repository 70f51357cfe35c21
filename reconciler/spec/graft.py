"""Put a value at a path of a spec file, whether anything stands there or not, or take away what does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.model.place import Place
from reconciler.spec.files import SpecFile
from reconciler.spec.importing.text import Node, Row
from reconciler.spec.parse import parse
from reconciler.spec.site import Path
from reconciler.spec.splice import NotInPlace, Splicing, spliced
from reconciler.spec.tree import Items, Table, first_line
from reconciler.spec.tree import Node as Written


def path_at(root: Written, place: Place) -> Path | None:
    """The way to the value that stands at a place, or whose key does; None where none does."""
    return next((path for path, places in _ways(root, ()) if place in places), None)


def planted(file: SpecFile, path: Path, node: Node, order: Sequence[str] = ()) -> SpecFile:
    """The file with a value at a path; keys that lead there are added. Raises NotInPlace.

    A key that is added comes behind the last of those before it in `order`, any other behind all.
    """
    splicing = Splicing(file.content)
    value, place, rest = _reached(file, path)
    match value:
        case _ if not rest:
            edits = [*splicing.put(value, place, node)]
        case Table():
            behind = _before(str(rest[0]), value, order)
            edits = [splicing.add(value, str(rest[0]), _nested(rest[1:], node), behind)]
        case str(key) if isinstance(path[-len(rest) - 1], int):  # A mapping that was used as it is.
            edits = [*splicing.put(value, place, Row({"use": key, str(rest[0]): _nested(rest[1:], node)}))]
        case None:
            edits = [*splicing.put(value, place, _nested(rest, node))]
        case _:
            raise NotInPlace("the spec has no place for it: write it by hand")
    return SpecFile(file.name, spliced(file.content, edits))


def _before(key: str, table: Table, order: Sequence[str]) -> str | None:
    """The key of a table behind which a new one comes."""
    earlier = [each for each in order[: order.index(key)] if each in table] if key in order else []
    return earlier[-1] if earlier else next(reversed(table), None)


def uprooted(file: SpecFile, path: Path) -> SpecFile:
    """The file without a key, and without what that would leave empty. Raises NotInPlace."""
    while path:
        table, _, rest = _reached(file, path[:-1])
        if isinstance(table, Table) and not rest and len(table) > 1:
            return SpecFile(file.name, spliced(file.content, [Splicing(file.content).drop(table, str(path[-1]))]))
        path = path[:-1]
    raise NotInPlace(f"it is all that {file.name} says: delete the file by hand")


def place_of(file: SpecFile, path: Path) -> Place:
    """Where the value at a path stands, or the nearest that leads there."""
    return _reached(file, path)[1]


def _reached(file: SpecFile, path: Path) -> tuple[Written, Place, Path]:
    """The last value on a path that is there, its place, and the part of the path that is not."""
    value, place = parse(file.name, file.content).root, first_line(file.name)
    for depth, part in enumerate(path):
        match value:
            case Table() if part in value:
                place, value = value.place(str(part)), value[str(part)]
            case Items() if isinstance(part, int) and part < len(value):
                place, value = value.place(part), value[part]
            case _:
                return value, place, path[depth:]
    return value, place, ()


def _nested(path: Path, node: Node) -> Node:
    for part in reversed(path):
        node = Row({str(part): node})
    return node


def _ways(value: Written, path: Path) -> Iterator[tuple[Path, tuple[Place, ...]]]:
    match value:
        case Table():
            for key, below in value.items():
                yield (*path, key), (value.place(key), value.key_place(key))
                yield from _ways(below, (*path, key))
        case Items():
            for index, below in enumerate(value):
                yield (*path, index), (value.place(index),)
                yield from _ways(below, (*path, index))
