"""What a plan depends on and what it reaches: the live values that its steps and guards were derived from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Known, LiveCell, Value
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.mappings import ObjectMapping
from reconciler.model.plan import Change, StartValue
from reconciler.model.secret import SecretSource
from reconciler.model.states import FieldValue, LiveState
from reconciler.model.values import start_value
from reconciler.plan.apps import ENABLED, GROUP
from reconciler.plan.order import Ordered
from reconciler.plan.world import World

Cell = tuple[Address, str]


@dataclass(slots=True)
class _Texts:
    """Values as plans write them. A mapping that many apps share is written once."""

    seen: dict[int, tuple[ObjectMapping, StartValue]] = field(default_factory=dict)

    def of(self, address: Address, key: str, cell: LiveCell[FieldValue]) -> StartValue:
        match cell:
            case Known(ObjectMapping() as mapping):
                kept = self.seen.get(id(mapping))
                if kept is None:
                    kept = self.seen[id(mapping)] = (mapping, start_value(address, key, cell))
                return StartValue(address, key, kept[1].text, kept[1].digest)
        return start_value(address, key, cell)


def start_values(world: World, changes: Iterable[Change], order: Ordered) -> tuple[StartValue, ...]:
    """Every live value that the steps or the guards depend on, each once, in order."""
    texts = _Texts()
    cells = {*_changed(changes), *_served(world.live, order), *_jobs(changes, order)}
    return tuple(texts.of(address, key, world.live.cell(address, key)) for address, key in sorted(cells))


def goal_values(world: World, changes: Iterable[Change], order: Ordered) -> tuple[StartValue, ...]:
    """What every changed field holds once the plan is done. Of a secret that is its source and version."""
    texts = _Texts()
    cells = sorted(set(_changed(changes)))
    return tuple(texts.of(address, key, _reached(world, order.final, address, key)) for address, key in cells)


def _reached(world: World, final: LiveState, address: Address, key: str) -> LiveCell[FieldValue]:
    match world.spec.desired.cell(address, key):
        case Value(SecretSource() as source):
            return Known(source)
    return final.cell(address, key)


def _changed(changes: Iterable[Change]) -> Iterator[Cell]:
    """The cells of changed fields; a part of a mapping stands in the mapping's cell."""
    for change in changes:
        for part in change.fields:
            key = part.key
            if key.startswith(MAPPING_PREFIX):
                key = MAPPING_PREFIX + key.removeprefix(MAPPING_PREFIX).partition("/")[0]
            yield change.address, key


def _served(live: LiveState, order: Ordered) -> Iterator[Cell]:
    """Who is served by whom: the order and the guards count the active agents of every app that they concern."""
    groups: set[Address] = set()
    for app in order.concerned:
        yield app, GROUP
        groups |= live.members(app, GROUP) | order.final.members(app, GROUP)
    for group in groups:
        yield group, "agents"
        for agent in live.members(group, "agents") | order.final.members(group, "agents"):
            yield agent, "status"


def _jobs(changes: Iterable[Change], order: Ordered) -> Iterator[Cell]:
    """Which job an app has, where something of it changes, and whether it runs, where it is interrupted."""
    for change in changes:
        of_job = any(part.key.startswith((MAPPING_PREFIX, "job.")) for part in change.fields)
        if change.address.kind is Kind.APP and of_job:
            yield change.address, "job.id"
    for app in order.interrupted:
        yield app, ENABLED
