"""Agents, groups and apps before and after, as a Mermaid flowchart: what changes, and what stands next to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.plan import Action, Change
from reconciler.model.states import Edge
from reconciler.report.terminal import escape
from reconciler.report.values import addresses_in

MOST = 80
"""Edges that one drawing has room for."""

_LETTERS = 60
"""Letters of one label."""

_SAFE = frozenset(" -_/")
_SHAPES = {Kind.AGENT: ('(["', '"])'), Kind.GROUP: ('[["', '"]]'), Kind.APP: ('["', '"]')}
_STYLES = (
    "classDef new stroke:#1a7f37,stroke-width:3px",
    "classDef changed stroke:#9a6700,stroke-width:3px",
    "classDef gone stroke:#cf222e,stroke-width:3px,stroke-dasharray:5",
)
_CLASSES = {Action.ADD: "new", Action.CHANGE: "changed", Action.MOVE: "changed", Action.REMOVE: "gone"}


class Drawing(Struct, frozen=True):
    """The lines of a flowchart, none where no edge changes, and how many edges there was no room for."""

    lines: tuple[str, ...] = ()
    left_out: int = 0


class _Edges(Struct, frozen=True):
    """Who comes into a group and who goes, whether agent or app."""

    come: frozenset[Edge]
    go: frozenset[Edge]


def drawing(changes: Iterable[Change], edges: Iterable[Edge], names: Mapping[Address, str]) -> Drawing:
    """The edges that changes make and take away, and of their groups the edges that stay.

    `edges` are all that the service holds; `names` is what the service calls things that no key stands for.
    """
    done = [change for change in changes if not change.blocked]
    moved = _moved(done)
    groups = {edge.group for edge in moved.come | moved.go}
    stay = {edge for edge in edges if edge.group in groups} - moved.come - moved.go
    if not groups:
        return Drawing()
    kinds = ((moved.come, "==>|new|"), (moved.go, "-.->|goes|"), (stay, "-->"))
    drawn = [(edge, arrow) for them, arrow in kinds for edge in sorted(them)]
    classes = {change.address: _CLASSES[change.action] for change in done}
    lines = ("flowchart LR", *_lines(drawn[:MOST], classes, names), *(f"  {style}" for style in _STYLES))
    return Drawing(lines, max(len(drawn) - MOST, 0))


def _moved(changes: Iterable[Change]) -> _Edges:
    come: set[Edge] = set()
    go: set[Edge] = set()
    for change in changes:
        for part in change.fields:
            before, after = addresses_in(part.before), addresses_in(part.after)
            if change.address.kind is Kind.GROUP and part.key == "agents":
                come |= {Edge(agent, change.address) for agent in after - before}
                go |= {Edge(agent, change.address) for agent in before - after}
            elif change.address.kind is Kind.APP and part.key == "group":
                come |= {Edge(change.address, group) for group in after - before}
                go |= {Edge(change.address, group) for group in before - after}
    return _Edges(frozenset(come), frozenset(go))


def _lines(
    drawn: Sequence[tuple[Edge, str]], classes: Mapping[Address, str], names: Mapping[Address, str]
) -> Iterator[str]:
    """The nodes, agents first, and then the edges: an agent points to its group, a group to the app that it serves."""
    order = list(Kind)
    things = {thing for edge, _ in drawn for thing in (edge.member, edge.group)}
    ranked = sorted(things, key=lambda thing: (order.index(thing.kind), thing))
    numbers = {thing: f"n{number}" for number, thing in enumerate(ranked)}
    for thing, number in numbers.items():
        opening, closing = _SHAPES[thing.kind]
        style = f":::{classes[thing]}" if thing in classes else ""
        yield f"  {number}{opening}{_label(thing, names)}{closing}{style}"
    for edge, arrow in drawn:
        ends = (edge.member, edge.group) if edge.member.kind is Kind.AGENT else (edge.group, edge.member)
        yield f"  {numbers[ends[0]]} {arrow} {numbers[ends[1]]}"


def _label(thing: Address, names: Mapping[Address, str]) -> str:
    """What a node is called: by its key, or by its name where no key stands for it."""
    text = str(thing) if thing.is_bound else f"{thing.kind.value} {names.get(thing, thing.key)}"
    shown = escape(text)
    shown = shown if len(shown) <= _LETTERS else f"{shown[: _LETTERS - 3]}..."
    return "".join(letter if letter.isalnum() or letter in _SAFE else f"#{ord(letter)};" for letter in shown)
