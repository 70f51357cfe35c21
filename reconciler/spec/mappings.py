"""Mappings as the model has them: reusable ones, those that an app writes out, and those with overridden parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from reconciler.mapping.language.parser import fault_in
from reconciler.mapping.language.tokens import SyntaxFault
from reconciler.model.address import Address, Kind
from reconciler.model.cells import Clear, DesiredCell, Value
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.finding import Finding
from reconciler.model.mapping_tests import MappingUnderTest
from reconciler.model.mappings import (
    Apply,
    Clause,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    ScopingFilter,
    Source,
    SourceKind,
    When,
)
from reconciler.model.place import Place, Related
from reconciler.spec import rules
from reconciler.spec.cells import Cell
from reconciler.spec.mapping_tests import tests_of
from reconciler.spec.names import Names
from reconciler.spec.tree import Items, Node, Slot, Table
from reconciler.spec.wording import short

_FULL_NAME = "urn:"
"""What begins so is a whole target name, and takes no prefix."""

_TEMPLATE_NAME = "PLACEHOLDER"
"""The target that the ECMA template maps before anybody has said which attributes there are; it never has a prefix.

Source: https://learn.microsoft.com/entra/identity/app-provisioning/on-premises-sql-connector-configure
"""

T = TypeVar("T")


class Mappings(Struct, frozen=True):
    """The reusable mappings by key, each built once and shared by all apps that use it as it is.

    `tested` grows with every mapping that has tests.
    """

    shared: Mapping[str, DesiredMapping]
    prefixes: Mapping[str, str]
    names: Names
    tested: list[MappingUnderTest]

    def of_app(self, app: Address, listed: Items) -> dict[str, Cell]:
        """The mapping cells of an app. Two mappings of one source object are a finding, and the first one counts."""
        cells: dict[str, Cell] = {}
        for index, item in enumerate(listed):
            place = listed.place(index)
            mapping = self._of_item(item, place, app)
            if mapping is None:
                continue
            cell = Value(mapping, place)
            first = cells.setdefault(f"{MAPPING_PREFIX}{mapping.source}", cell)
            if first is not cell and isinstance(first, Value):
                self.names.add(place, _same_source(app, mapping.source, place, first.place))
        return cells

    def _of_item(self, item: Node, place: Place, app: Address) -> DesiredMapping | None:
        match item:
            case str(key):
                return self._used(key, place, app)
            case Table() if "use" in item:
                used = item["use"]
                base = self._used(used, item.place("use"), app) if isinstance(used, str) else None
                if base is None:
                    return None
                return _Reader(item, self.prefixes[str(used)], str(app), self.names, base).read()
            case Table():
                prefix = item.get("prefix")
                reader = _Reader(item, prefix if isinstance(prefix, str) else "", str(app), self.names)
                return reader.read_with_tests(self.tested)
        return None

    def _used(self, key: str, place: Place, app: Address) -> DesiredMapping | None:
        self.names.refer(Kind.MAPPING, key, place, of=app)
        return self.shared.get(key)


def reusable(entries: Mapping[str, Slot], names: Names) -> Mappings:
    """Build every reusable mapping of the spec, those that nobody uses included: they are checked too."""
    shared: dict[str, DesiredMapping] = {}
    prefixes: dict[str, str] = {}
    tested: list[MappingUnderTest] = []
    for key, slot in entries.items():
        table = slot.value
        if isinstance(table, Table):
            prefix = table.get("prefix")
            prefixes[key] = prefix if isinstance(prefix, str) else ""
            address = str(Address(Kind.MAPPING, key))
            shared[key] = _Reader(table, prefixes[key], address, names).read_with_tests(tested)
    return Mappings(shared, prefixes, names, tested)


class _Reader(Struct, frozen=True):
    """Reads one mapping; `base` is the one whose parts it overrides, None where it stands alone."""

    table: Table
    prefix: str
    address: str
    names: Names
    base: DesiredMapping | None = None

    def read(self) -> DesiredMapping:
        """The mapping: what the table says, over the base."""
        base = self.base or DesiredMapping(_text(self.table.get("source")), _text(self.table.get("target")))
        return replace(
            base,
            flow=self._part("flow", _flow, base.flow),
            match=self._part("match", self._targets, base.match),
            filter=self._part("filter", _filter, base.filter),
            attributes={**base.attributes, **self._attributes()},
            place=self.table.whole,
        )

    def read_with_tests(self, tested: list[MappingUnderTest]) -> DesiredMapping:
        """The mapping; its tests, if it has any, go into the list."""
        mapping = self.read()
        tests = tuple(tests_of(self.table, self._full))
        if tests:
            tested.append(MappingUnderTest(self.address, mapping, tests))
        return mapping

    def _part(self, key: str, read: Callable[[Items], T], inherited: DesiredCell[T]) -> DesiredCell[T]:
        """A part that is owned as a whole: null and the empty list clear it."""
        match self.table.get(key, _ABSENT):
            case None:
                return Clear(self.table.key_place(key))
            case Items() as items:
                return Value(read(items), items.whole) if items else Clear(items.whole)
        return inherited

    def _targets(self, items: Items) -> tuple[str, ...]:
        return tuple(self._full(name) for name in items if isinstance(name, str))

    def _full(self, name: str) -> str:
        return full_name(self.prefix, name)

    def _attributes(self) -> dict[str, DesiredAttribute]:
        attributes: dict[str, DesiredAttribute] = {}
        table = self.table.get("attributes")
        slots = [Slot(table, name) for name in table] if isinstance(table, Table) else []
        for slot in slots:
            attribute = self._attribute(self._full(slot.key), slot)
            if attribute is None:
                continue
            first = attributes.setdefault(attribute.target, attribute)
            if first is not attribute:
                self.names.add(slot.key_place, _same_attribute(self.address, first, slot))
        return attributes

    def _attribute(self, target: str, slot: Slot) -> DesiredAttribute | None:
        match slot.value:
            case None:
                return DesiredAttribute(target, Clear(slot.key_place), place=slot.key_place)
            case str(text) if text.startswith("="):
                return DesiredAttribute(target, self._expression(text[1:], slot, 1), place=slot.place)
            case str(text):
                return DesiredAttribute(target, Source(SourceKind.ATTRIBUTE, text), place=slot.place)
            case Table() as table:
                return self._long_form(target, table, slot)
        return None

    def _long_form(self, target: str, table: Table, slot: Slot) -> DesiredAttribute | None:
        """A table of members. One without a source of its own keeps what the base says, member by member."""
        inherited = self.base.attributes.get(target) if self.base else None
        source = self._source(table)
        if source is not None or inherited is None:
            inherited = DesiredAttribute(target, source or Source(SourceKind.NOTHING))
        if source is None and inherited.source == _NOTHING and "default" not in table:
            self.names.add(slot.key_place, _no_source(self.address, target, slot))
        return replace(
            inherited,
            apply=_APPLY.get(_text(table.get("apply")), inherited.apply),
            when=_WHEN.get(_text(table.get("when")), inherited.when),
            default=_default(table, inherited.default),
            place=slot.place,
        )

    def _source(self, table: Table) -> Source | None:
        match table:
            case {"expression": str(text)}:
                own = Slot(table, "expression")
                return self._expression(text.removeprefix("="), own, int(text.startswith("=")))
            case {"source": str(text)}:
                return Source(SourceKind.ATTRIBUTE, text)
            case {"constant": str(text)}:
                return Source(SourceKind.CONSTANT, text)
        return None

    def _expression(self, text: str, slot: Slot, skipped: int) -> Source:
        fault = fault_in(text)
        if not text.strip():
            self.names.add(slot.place, _empty(self.address, slot))
        elif fault is not None:
            place = _within(slot, fault.at + skipped)
            self.names.add(place, _unreadable(self.address, slot.key, text, fault, place))
        return Source(SourceKind.EXPRESSION, text)


def full_name(prefix: str, name: str) -> str:
    """The target attribute that a name in a mapping with this prefix means."""
    whole = name.startswith(_FULL_NAME) or name == _TEMPLATE_NAME
    return name if whole else f"{prefix}{name}"


def _within(slot: Slot, column: int) -> Place:
    """The place of one letter of a text; of the whole text where it is written in several lines or with escapes."""
    place, length = slot.place, len(str(slot.value))
    quotes = place.end_column - place.column - length
    if place.line != place.end_line or quotes not in {0, 2}:
        return place
    start = place.column + column + quotes // 2
    return Place(place.file, place.line, start, place.line, start + 1)


def _text(value: Node) -> str:
    return value if isinstance(value, str) else ""


def _default(table: Table, inherited: DesiredCell[str]) -> DesiredCell[str]:
    if "default" not in table:
        return inherited
    text = table["default"]
    return Value(text, table.place("default")) if isinstance(text, str) else Clear(table.key_place("default"))


def _flow(items: Items) -> frozenset[Flow]:
    return frozenset(_FLOWS[word] for word in items if isinstance(word, str) and word in _FLOWS)


def _filter(items: Items) -> ScopingFilter:
    return tuple(
        ClauseGroup(_text(group.get("name")), tuple(_clause(clause) for clause in _tables(group.get("all"))))
        for group in _tables(items)
    )


def _clause(table: Table) -> Clause:
    several = table.get("values")
    values = [value for value in several if isinstance(value, str)] if isinstance(several, Items) else []
    single = table.get("value")
    return Clause(
        _text(table.get("attribute")),
        _text(table.get("operator")),
        (single,) if isinstance(single, str) else tuple(values),
    )


def _tables(node: Node) -> list[Table]:
    return [item for item in node if isinstance(item, Table)] if isinstance(node, Items) else []


def _same_source(app: Address, source: str, place: Place, first: Place | None) -> Finding:
    return rules.SAME_SOURCE.finding(
        f"{app} maps {source} twice",
        address=str(app),
        place=place,
        related=(Related(first, "the first mapping of it stands here"),) if first else (),
        expected=f"one mapping of {source}",
        hint="keep one of the two; overrides of single attributes go beside `use`",
    )


def _same_attribute(address: str, first: DesiredAttribute, slot: Slot) -> Finding:
    return rules.SAME_ATTRIBUTE.finding(
        f"{address} names the target attribute {first.target} twice",
        address=address,
        place=slot.key_place,
        related=(Related(first.place, "it stands here first"),) if first.place else (),
        hint="keep one of the two: with the prefix they are the same",
    )


def _unreadable(address: str, key: str, text: str, fault: SyntaxFault, place: Place) -> Finding:
    return rules.UNREADABLE.finding(
        f"the expression of {key} cannot be read: {fault.message}",
        address=address,
        place=place,
        found=short(text),
        expected=fault.expected or "an expression",
        hint=fault.hint or f"see column {fault.column} of the expression",
    )


def _empty(address: str, slot: Slot) -> Finding:
    return rules.UNREADABLE.finding(
        f"the expression of {slot.key} is empty",
        address=address,
        place=slot.place,
        found=short(str(slot.value)),
        expected="an expression, such as =ToLower([mail])",
        hint="write one, or `null` to take the attribute's mapping away",
    )


def _no_source(address: str, target: str, slot: Slot) -> Finding:
    return rules.NO_SOURCE.finding(
        f"{address} does not say where the value of {target} comes from",
        address=address,
        place=slot.key_place,
        expected="source, constant or expression; or default, where only that shall flow",
    )


_ABSENT = "absent"  # a text: no part that may be cleared is one
_NOTHING = Source(SourceKind.NOTHING)
_APPLY: Mapping[str, Apply] = {member.value: member for member in (Apply.ALWAYS, Apply.ON_CREATE)}
_WHEN: Mapping[str, When] = {member.value: member for member in When}
_FLOWS: Mapping[str, Flow] = {member.value: member for member in Flow}
