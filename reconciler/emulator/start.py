"""What is said at the start of a served emulator, over what its seed and its database say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from reconciler.emulator.faults import rule_from_words
from reconciler.emulator.identity_service import set_agent
from reconciler.emulator.store import Kind
from reconciler.emulator.switches import switches_from_json
from reconciler.emulator.world import World


class Start(Struct, frozen=True):
    """Switches by their camelCase names, fault rules as words, agents that are down, and the time that it is.

    Fault rules replace all others, switches those of their names; agents are named by machineName or id.
    """

    switches: Mapping[str, object] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    clock: datetime | None = None

    def over(self, world: World) -> None:
        """Say it to a world. Raises ValueError, which names what cannot be."""
        if self.switches:
            world.set_switches(switches_from_json(dict(self.switches), world.switches))
        if self.faults:
            world.set_faults([rule_from_words(words) for words in self.faults])
        if self.clock is not None:
            _set_clock(world, self.clock)
        for name in self.down:
            _set_down(world, name)


def _set_clock(world: World, moment: datetime) -> None:
    """Move the clock there; a tenant that was filled with this clock is there already."""
    seconds = (moment - world.clock.now()).total_seconds()
    if seconds > 0:
        world.advance(seconds)
    elif seconds < -_FILLING:
        raise ValueError(f"the clock of this tenant is at {world.clock.now().isoformat()} already, and never goes back")


def _set_down(world: World, name: str) -> None:
    context = world.context("", "beta")
    rows = context.truth.rows(Kind.CONNECTOR)
    meant = [row for row in rows if name.lower() in {row.id.lower(), str(row.document["machineName"]).lower()}]
    if not meant:
        known = ", ".join(sorted(str(row.document["machineName"]) for row in rows)) or "none"
        raise ValueError(f"there is no agent {name!r}; there are {known}")
    for row in meant:
        set_agent(context, row.id, status="inactive")


_FILLING = 600.0
"""Seconds that pass at most between the clock of a new tenant and the end of its filling."""
