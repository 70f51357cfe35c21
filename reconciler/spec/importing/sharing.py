"""Which mappings of an import are named once and used by several apps, and what single apps say differently.

    equal mappings                      one name, which the apps use as it is
    a single app's, nearly a named one  that name, with what differs beside it
    single ones that are nearly equal   one name for what most of them say, and in each app the rest

What is used says the same as what was found, but that an attribute which only the others have is said to be none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.address import Address
from reconciler.model.cells import UNMANAGED, Clear, DesiredCell, Unmanaged, Value
from reconciler.model.mappings import (
    AttributeMapping,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    ObjectMapping,
    Source,
    SourceKind,
)
from reconciler.spec.importing.mappings import signature
from reconciler.spec.importing.prefixes import is_told, prefix_of

_MOST_DIFFERENT = 5
_ONE_IN = 3
"""An app may say at most five attributes, and one in three, differently: with more the reader compares two mappings."""

_FEWEST = 4
"""Attributes of the smallest mappings of which it is worth while to look for what they have in common."""

T = TypeVar("T")


class Known(Struct, frozen=True):
    """A mapping that has a name; `theirs` is whether the spec had it before, and so its own idea of what it manages."""

    key: str
    mapping: DesiredMapping
    prefix: str
    theirs: bool = False


class Found(Struct, frozen=True):
    """One object mapping of one app: what is to be said of it, what the service holds, and how it may be named.

    `must_be_named` is whether it cannot stand in the app itself.
    """

    address: Address
    said: DesiredMapping
    held: ObjectMapping
    stem: str
    must_be_named: bool = False


class Use(Struct, frozen=True):
    """How an app says a mapping: by a name, with what it says differently; None where it says nothing else."""

    named: Known
    own: DesiredMapping | None = None


@dataclass(slots=True)
class _Naming:
    """The names that are given, and those that are not free."""

    taken: set[str]
    made: list[Known] = field(default_factory=list)

    def give(self, mapping: DesiredMapping, stem: str) -> Known:
        """Name a mapping: by its stem, with a number where that is taken."""
        key, number = stem, 1
        while key in self.taken:
            number += 1
            key = f"{stem}-{number}"
        self.taken.add(key)
        self.made.append(Known(key, mapping, prefix_of(targets_of(mapping))))
        return self.made[-1]


def targets_of(mapping: DesiredMapping) -> set[str]:
    """The target attributes that a mapping names."""
    matching = mapping.match.value if isinstance(mapping.match, Value) else ()
    return {*matching, *mapping.attributes}


def shared(found: Sequence[Found], known: Sequence[Known]) -> tuple[tuple[Known, ...], Mapping[Address, Use]]:
    """The mappings that get a name, and how each app's mapping is said with one; what is not there stands alone.

    `found` is in the order of its addresses, `known` is what the spec names already.
    """
    naming = _Naming({each.key for each in known})
    alike: dict[Hashable, list[Found]] = defaultdict(list)
    for each in found:
        alike[signature(each.said)].append(each)
    uses: dict[Address, Use] = {}
    single: list[Found] = []
    for same in sorted(alike.values(), key=lambda same: (-len(same), same[0].address)):
        named = next((each for each in known if _own(each, same[0]) == _NOTHING_ELSE), None)
        if named is None and len(same) > 1:
            named = naming.give(same[0].said, same[0].stem)
        if named is None:
            single.extend(same)
        else:
            uses |= {each.address: Use(named) for each in same}
    for each in single:
        uses |= _nearest(each, (*known, *naming.made))
    left = [each for each in single if each.address not in uses]
    for base, near in _families(left):
        named = naming.give(base, near[0].stem)
        uses |= {each.address: _use(named, _own(named, each)) for each in near}
    for each in left:
        if each.must_be_named and each.address not in uses:
            uses[each.address] = Use(naming.give(each.said, each.stem))
    return tuple(naming.made), uses


def _nearest(single: Found, known: Iterable[Known]) -> Mapping[Address, Use]:
    """The use of the mapping that the fewest words make this one; none where they would be too many."""
    near = [(own, each) for each in known if (own := _own(each, single)) is not None and _is_little(own, each, single)]
    if not near:
        return {}
    own, named = min(near, key=lambda pair: (len(pair[0].attributes), _parts(pair[0]), pair[1].key))
    return {single.address: _use(named, own)}


def _use(named: Known, own: DesiredMapping | None) -> Use:
    return Use(named, None if own == _NOTHING_ELSE else own)


def _families(single: Sequence[Found]) -> Iterator[tuple[DesiredMapping, list[Found]]]:
    """Mappings that no two apps have and that are nearly equal, with what most of them say."""
    numbers: dict[Hashable, int] = {}
    marks = {each.address: _marks(each, numbers) for each in single}
    pool = list(single)
    while len(pool) > 1:
        first = marks[pool[0].address]
        near = [each for each in pool if _may_be_near(first, marks[each.address])]
        base, fits = _settled(near)
        if len(fits) > 1:
            yield base, fits
        gone = {each.address for each in fits} if len(fits) > 1 else {pool[0].address}
        pool = [each for each in pool if each.address not in gone]


def _settled(near: list[Found]) -> tuple[DesiredMapping, list[Found]]:
    """What most of these say, and those that it is near to, until it is near to all that it was made of."""
    while True:
        base = Known("", _most(near), "")
        base = replace(base, prefix=prefix_of(targets_of(base.mapping)))
        fits = [each for each in near if (own := _own(base, each)) is not None and _is_little(own, base, each)]
        if len(fits) == len(near) or len(fits) < 2:
            return base.mapping, fits
        near = fits


def _most(near: Sequence[Found]) -> DesiredMapping:
    """What more than half of these mappings say."""
    said = [each.said for each in near]
    counts = Counter(attribute for mapping in said for attribute in mapping.attributes.values())
    attributes = {each.target: each for each, number in counts.items() if 2 * number > len(said)}
    return DesiredMapping(
        said[0].source,
        said[0].target,
        _usual([each.flow for each in said]),
        _usual([each.match for each in said]),
        _usual([each.filter for each in said], Clear()),
        attributes,
    )


def _usual(cells: Sequence[DesiredCell[T]], plain: DesiredCell[T] = UNMANAGED) -> DesiredCell[T]:
    """What most of the cells say; without most of them the plain one, where it is among them, or nothing."""
    cell, number = Counter(cells).most_common(1)[0]
    if 2 * number > len(cells):
        return cell
    return plain if plain in cells else UNMANAGED


def _marks(single: Found, numbers: dict[Hashable, int]) -> frozenset[int]:
    """The attributes of a mapping as numbers, of which thousands are compared in no time."""
    ends = (single.said.source, single.said.target)
    return frozenset(numbers.setdefault((ends, each), len(numbers)) for each in single.said.attributes.values())


def _may_be_near(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether two mappings can be near to a third: what they do not have in common is half of them at most."""
    return 2 * len(one ^ other) <= len(one) + len(other)


def _is_little(own: DesiredMapping, base: Known, single: Found) -> bool:
    """Whether what an app says differently is so little that it is shorter and clearer than the whole."""
    number, whole = len(own.attributes), len({*base.mapping.attributes, *single.said.attributes})
    return whole >= _FEWEST and number <= min(_MOST_DIFFERENT, whole // _ONE_IN)


def _parts(own: DesiredMapping) -> int:
    return sum(cell != UNMANAGED for cell in (own.flow, own.match, own.filter))


def _own(named: Known, single: Found) -> DesiredMapping | None:
    """What an app says beside the name of a mapping so that both together say what it has; None where they cannot."""
    base, said = named.mapping, single.said
    if (base.source, base.target) != (said.source, said.target):
        return None
    flow = _beside(base.flow, said.flow, usual=named.theirs and said.flow == _EVERYTHING)
    match = _beside(base.match, said.match)
    scope = _beside(base.filter, said.filter, usual=named.theirs and said.filter == Clear())
    attributes = _differing(named, single)
    if attributes is None or flow is None or match is None or scope is None:
        return None
    own = DesiredMapping("", "", flow, match, scope, attributes)
    return own if is_told(targets_of(own), named.prefix) else None


def _beside(base: DesiredCell[T], said: DesiredCell[T], *, usual: bool = False) -> DesiredCell[T] | None:
    """What to say of a part, UNMANAGED where nothing; None where nothing can be said. `usual`: it need not be said."""
    if base == said or (usual and isinstance(base, Unmanaged)):
        return UNMANAGED
    return None if isinstance(said, Unmanaged) else said


def _differing(named: Known, single: Found) -> dict[str, DesiredAttribute] | None:
    """The attributes that an app says itself; None where one of them would be read as something else."""
    base, said, held = named.mapping.attributes, single.said.attributes, single.held.attributes
    others = base.keys() - said.keys()
    if not others.isdisjoint(held):  # It is there and cannot be said: what is said to be none would be taken away.
        return None
    own = {name: each for name, each in said.items() if not _agrees(base.get(name), each, held.get(name))}
    if any(each.source == _NOWHERE and name in base for name, each in own.items()):
        return None
    return own | {name: DesiredAttribute(name, Clear()) for name in sorted(others) if base[name].source != Clear()}


def _agrees(base: DesiredAttribute | None, said: DesiredAttribute, held: AttributeMapping | None) -> bool:
    """Whether a named mapping says of an attribute what was found: no less, and no more than what is so."""
    if base is None or base.source != said.source:
        return False
    return base == said or (
        held is not None
        and base.apply in {said.apply, held.apply}
        and base.when in {said.when, held.when}
        and (base.default == said.default or (base.default == Clear() and held.default is None))
    )


_NOWHERE = Source(SourceKind.NOTHING)
_EVERYTHING = Value(frozenset(Flow))
_NOTHING_ELSE = DesiredMapping("", "")
