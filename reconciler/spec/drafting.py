"""The files of a spec as they would be, had it said of some things what the service holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.address import Address
from reconciler.model.place import Place
from reconciler.model.plan import FieldChange
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState
from reconciler.spec.files import SpecFile
from reconciler.spec.format import kept_in_form
from reconciler.spec.graft import place_of, planted, uprooted
from reconciler.spec.importing.text import Node
from reconciler.spec.live_value import live_node
from reconciler.spec.splice import NotInPlace
from reconciler.spec.tree import Items
from reconciler.spec.whereabouts import Spot, Whereabouts

_SETS = frozenset(("agents", "flow"))
"""The keys of lists whose order means nothing."""

_NOWHERE = "the spec does not name it: write it by hand"


class Wish(Struct, frozen=True):
    """What the spec is to take over: the live value of a field, or without one that the thing is gone."""

    address: Address
    field: FieldChange | None = None

    def __str__(self) -> str:
        return f"{self.address} {self.field.key}" if self.field else str(self.address)


class Written(Struct, frozen=True):
    """A wish, and where the spec says it now."""

    wish: Wish
    place: Place


class Draft(Struct, frozen=True):
    """The files that change, what of them says what, and what could not be said and why."""

    files: Mapping[str, SpecFile]
    written: tuple[Written, ...]
    problems: tuple[str, ...]


def drafted(
    spec: Spec, live: LiveState, files: Sequence[SpecFile], wishes: Sequence[Wish], own: AbstractSet[str]
) -> Draft:
    """The files with every wish in them.

    A field is said where it is said now; one whose key is in `own`, or of which somebody else has another wish at that
    place, is said at the thing itself.
    """
    drafting = _Drafting(spec, live, Whereabouts(spec, files), {file.name: file for file in files})
    spots: list[tuple[Wish, Spot]] = []
    problems: list[str] = []
    for wish in wishes:
        try:
            spots.append((wish, drafting.take(wish, own)))
        except ReconcilerError as error:
            where = f" ({wish.field.place})" if wish.field and wish.field.place else ""
            problems.append(f"{wish}{where}: {error.message}")
    done = {name: kept_in_form(file, drafting.files[name]) for name, file in drafting.before.items()}
    changed = {name: file for name, file in done.items() if file != drafting.before[name]}
    return Draft(
        changed, tuple(Written(wish, place_of(done[spot.file], spot.path)) for wish, spot in spots), (*problems,)
    )


@dataclass(slots=True)
class _Drafting:
    """The files as they are becoming, and what was put where."""

    spec: Spec
    live: LiveState
    where: Whereabouts
    before: Mapping[str, SpecFile]
    files: dict[str, SpecFile] = field(init=False)
    put: dict[Spot, Node] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.files = dict(self.before)

    def take(self, wish: Wish, own: AbstractSet[str]) -> Spot:
        """Say one thing. Raises ReconcilerError where it cannot be said."""
        if wish.field is None:
            thing = self.where.of_thing(wish.address)
            if thing is None:
                raise NotInPlace(_NOWHERE)
            self.files[thing.file] = uprooted(self.files[thing.file], thing.path)
            return Spot(thing.file, ())
        node = live_node(wish.address, wish.field, self.spec, self.live)
        said = self.where.said(wish.address, wish.field)
        if wish.field.key in own or said is None or self.put.get(said, node) != node:
            said = self.where.own(wish.address, wish.field)
        if said is None:
            raise NotInPlace(_NOWHERE)
        node = self._as_written(node, said)
        if said not in self.put:
            self.files[said.file] = planted(self.files[said.file], said.path, node)
        self.put[said] = node
        return said

    def _as_written(self, node: Node, spot: Spot) -> Node:
        """A list in the spec's order where order means nothing, and targets shortened by the mapping's prefix."""
        if not isinstance(node, list):
            return node
        if spot.path[-1] == "match":
            prefix = self.where.prefix(Spot(spot.file, spot.path[:-1]))
            return [str(target).removeprefix(prefix) for target in node]
        written = self.where.value(spot)
        if spot.path[-1] in _SETS and isinstance(written, Items):
            stays = [item for item in written if item in node]
            return [*stays, *(item for item in node if item not in stays)]
        return node
