"""How rules read mappings: which attribute flows where, what reads a source attribute, what a field comes to."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from msgspec import Struct, field

from reconciler.model.address import Address, Kind
from reconciler.model.cells import ABSENT, Clear, Known, LiveCell, Value
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.mappings import AttributeMapping, DesiredAttribute, DesiredMapping, ObjectMapping, SourceKind
from reconciler.model.spec import Spec
from reconciler.model.states import Desired, FieldValue, LiveState

SOFT_DELETED = "IsSoftDeleted"
"""The source attribute that says whether a user is to be disabled at the target."""

USER = "User"
_READ = re.compile(r"\[([^\]]*)\]")


class Flowing(Struct):
    """One attribute as one place of the spec says it, with the apps that use it: judged once."""

    mapping: DesiredMapping
    attribute: DesiredAttribute
    apps: list[Address] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The attribute's address in the first app that uses it."""
        return str(self.apps[0].within(f"{MAPPING_PREFIX}{self.mapping.source}/{self.attribute.target}"))


def mappings_of(app: Desired) -> Iterator[DesiredMapping]:
    """The object mappings that an app declares."""
    for key, cell in app.cells.items():
        if key.startswith(MAPPING_PREFIX) and isinstance(cell, Value) and isinstance(cell.value, DesiredMapping):
            yield cell.value


def flowing(spec: Spec, among: Container[Address] | None = None) -> Iterator[Flowing]:
    """Every attribute that the spec lets flow, once for each place that says so; to all apps or `among` some."""
    found: dict[object, Flowing] = {}
    for mapping, apps in users(spec):
        chosen = apps if among is None else [app for app in apps if app in among]
        for attribute in mapping.attributes.values() if chosen else ():
            if not isinstance(attribute.source, Clear):
                key = (attribute.place or id(attribute), attribute.target)
                found.setdefault(key, Flowing(mapping, attribute)).apps.extend(chosen)
    yield from found.values()


def users(spec: Spec) -> Iterable[tuple[DesiredMapping, list[Address]]]:
    """Each mapping with the apps that use it as it stands, so that a thousand apps cost no more than their mappings."""
    used: dict[int, tuple[DesiredMapping, list[Address]]] = {}
    for app in spec.desired.of(Kind.APP):
        for mapping in mappings_of(app):
            used.setdefault(id(mapping), (mapping, []))[1].append(app.address)
    return used.values()


def leaf(target: str) -> str:
    """The name of a target attribute without its schema: what stands behind the last colon."""
    return target.rpartition(":")[2]


def reads(attribute: DesiredAttribute | AttributeMapping, name: str) -> bool:
    """Whether a target attribute gets its value from a source attribute, alone or in an expression."""
    source = attribute.source
    if isinstance(source, Clear):
        return False
    if source.kind is SourceKind.ATTRIBUTE:
        return source.text.casefold() == name.casefold()
    found = _READ.findall(source.text) if source.kind is SourceKind.EXPRESSION else ()
    return name.casefold() in {each.strip().casefold() for each in found}


def live_mappings(spec: Spec, live: LiveState) -> Iterator[tuple[Address, DesiredMapping, ObjectMapping]]:
    """Every object mapping that the spec manages and the service holds: (app, desired, live)."""
    for app in spec.desired.of(Kind.APP):
        for mapping in mappings_of(app):
            match live.cell(app.address, f"{MAPPING_PREFIX}{mapping.source}"):
                case Known(ObjectMapping() as held):
                    yield app.address, mapping, held


def comes_to(spec: Spec, live: LiveState, app: Address, key: str) -> LiveCell[FieldValue]:
    """What a field of an app holds once the spec is applied: what the spec says, else what is live."""
    match spec.desired.cell(app, key):
        case Value(value):
            return Known(value)
        case Clear():
            return ABSENT
    return live.cell(app, key)
