"""Values as YAML as a person writes them: short tables and lists in brackets, the rest in blocks, remarks above."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import TypeAlias, cast

from msgspec import Struct

from reconciler.spec.quoting import is_seen, scalar_text

_WIDEST = 110

Node: TypeAlias = "str | int | bool | Mapping[str, Node] | Sequence[Node] | Row | Remarked | None"


class Row(Struct, frozen=True):
    """A table that stands in brackets on one line where it fits."""

    members: Mapping[str, Node]


class Remarked(Struct, frozen=True):
    """A value with comments above its key, or one beside it."""

    node: Node
    above: tuple[str, ...] = ()
    beside: str = ""


def document(sections: Mapping[str, Node], remarks: Sequence[str] = ()) -> str:
    """The text of a file: its sections with an empty line between them, and what is said of the whole at the end."""
    parts = ["\n".join(_entry(f"{scalar_text(key)}:", node, 0)) for key, node in sections.items()]
    if remarks:
        parts.append("\n".join(line for remark in remarks for line in _comment(remark, 0)))
    return "\n\n".join(parts) + "\n"


def bracketed(node: Node) -> str:
    """A value on one line, which may stand in brackets as well as behind a key in a block."""
    return _flow(Row(node) if isinstance(node, Mapping) else node)


def entry_lines(key: str, node: Node, column: int) -> list[str]:
    """The lines of a key with its value in a block, the key at a column."""
    return [*_entry(f"{' ' * column}{scalar_text(key)}:", node, column)]


def item_lines(node: Node, column: int) -> list[str]:
    """The lines of an item of a list in a block, its dash at a column."""
    return [*_item(node, column)]


def flow_entry(key: str, node: Node) -> str:
    """A key with its value as they stand in brackets."""
    return f"{scalar_text(key, in_flow=True)}: {bracketed(node)}"


def seen(text: str) -> str:
    """A text from outside as a comment may hold it: what cannot be seen is spelled out."""
    return "".join(letter if is_seen(letter) else f"\\u{ord(letter):04x}" for letter in text)


def _entry(lead: str, node: Node, column: int) -> Iterator[str]:
    """The lines of a key or a dash with its value. `column` is where the lead's own text begins."""
    if isinstance(node, Remarked):
        for remark in node.above:
            yield from _comment(remark, column)
        first, *others = _entry(lead, node.node, column)
        yield f"{first}  # {seen(node.beside).strip()}" if node.beside.strip() else first
        yield from others
        return
    line = _line(node)
    if line is not None and len(lead) + len(line) < _WIDEST:
        yield f"{lead} {line}"
        return
    yield from _below(lead, node, column)


def _below(lead: str, node: Node, column: int) -> Iterator[str]:
    """A value on the lines below its lead; a scalar, however long, stays beside it."""
    table = node.members if isinstance(node, Row) else node
    if isinstance(table, str):
        yield f"{lead} {scalar_text(table)}"
        return
    yield lead
    if isinstance(table, Mapping):
        margin = " " * (column + 2)
        for key, value in table.items():
            yield from _entry(f"{margin}{scalar_text(key)}:", value, column + 2)
    else:
        for item in cast("Sequence[Node]", table):
            yield from _item(item, column + 2)


def _item(node: Node, column: int) -> Iterator[str]:
    """An item of a list; a table begins behind the dash."""
    dash = f"{' ' * column}-"
    lines = list(_entry(dash, node, column))
    if lines[0] == dash:
        lines = [f"{dash} {lines[1].lstrip()}", *lines[2:]]
    yield from lines


def _line(node: Node) -> str | None:
    """A value on one line; None where it is a table or a list of tables, which stand in a block."""
    match node:
        case Row(members):
            return _flow(node) if members and all(_fits(value) for value in members.values()) else None
        case Mapping():
            return None if node else "{}"
        case str():
            return _scalar(node, in_flow=False)
        case [*items]:
            return _flow(node) if all(_fits(item) and not isinstance(item, Row) for item in items) else None
    return _scalar(node, in_flow=False)


def _fits(node: Node) -> bool:
    """Whether a value may stand inside brackets."""
    match node:
        case Row(members):
            return all(_fits(value) for value in members.values())
        case Remarked() | Mapping():
            return False
        case str():
            return True
        case [*items]:
            return all(_fits(item) for item in items)
    return True


def _flow(node: Node) -> str:
    match node:
        case Row(members):
            return f"{{{', '.join(flow_entry(key, value) for key, value in members.items())}}}"
        case str():
            return _scalar(node, in_flow=True)
        case [*items]:
            return f"[{', '.join(bracketed(item) for item in items)}]"
    return _scalar(node, in_flow=True)


def _scalar(node: Node, *, in_flow: bool) -> str:
    match node:
        case None:
            return "null"
        case bool():
            return "true" if node else "false"
        case int():
            return str(node)
    return scalar_text(str(node), in_flow=in_flow)


def _comment(text: str, column: int) -> Iterator[str]:
    margin = " " * column
    inner = "  " if text.startswith("- ") else ""
    width = _WIDEST - column
    for line in wrap(seen(text), width, subsequent_indent=inner, break_long_words=False, break_on_hyphens=False):
        yield f"{margin}# {line}"
