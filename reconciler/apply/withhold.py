"""Withhold what would take away what is needed now: between a plan and a step agents go down and people change things.

topology read anew → the state as it is now → of each step that takes something away: do its conditions hold, and who
serves the apps that it concerns once it is done? → the steps that must not be sent, each with a finding
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from reconciler.apply.confirm import seen_now, shows
from reconciler.apply.ports import Ports
from reconciler.apply.rules import NEEDED_NOW
from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Unreadable
from reconciler.model.conditions import holds, pre
from reconciler.model.fields import Surface, surface_of
from reconciler.model.finding import Finding
from reconciler.model.plan import Plan, PlannedStep
from reconciler.model.service import Scope
from reconciler.model.states import Edge, Live, LiveState, Thing
from reconciler.model.steps import Assign, DeleteGroup, RemoveMember, Step, Unassign
from reconciler.model.subjects import holder
from reconciler.model.transitions import after
from reconciler.model.waiting import slept
from reconciler.model.words import counted, listed
from reconciler.plan.replay import replay, settled
from reconciler.policy.availability import FRESH, Shortfall, is_active, takes_away

_TOPOLOGY = Scope(topology=True)
_HINT = "mend that, or change the spec, and apply again: what is left is planned anew from what the service holds then"

Withheld = Mapping[str, Finding]
"""The steps that must not be sent, by their ids."""


class Promise(Struct, frozen=True):
    """What a plan was let pass with: the state it starts from, the one it ends in, and the interruptions it makes.

    Both states count everything as settled: what an earlier run left to settle has done so once a wait is over.
    `interrupting` are the steps that take an app away from its group before it may be given to another.
    """

    start: LiveState
    final: LiveState
    interrupting: frozenset[str]

    @classmethod
    def of(cls, plan: Plan, start: LiveState) -> Promise:
        """The promise of a plan over the state that was read for it."""
        leaving = {each.id: each.step.app for each in plan.steps if isinstance(each.step, Unassign)}
        interrupting = (
            need
            for each in plan.steps
            if isinstance(each.step, Assign)
            for need in each.needs
            if leaving.get(need) == each.step.app
        )
        final = settled(replay(start, (each.step for each in plan.steps)))
        return cls(settled(start), final, frozenset(interrupting))

    def concerns(self, app: Address) -> bool:
        """Whether the plan knew of a group of this app. What others did with an app since is no part of it."""
        return bool(self.start.members(app, "group") or self.final.members(app, "group"))


@dataclass(slots=True)
class Guard:
    """What is looked at before a wave takes something away. `looked` is the moment of the last look."""

    promise: Promise
    ports: Ports
    looked: float

    def outdate(self) -> None:
        """A wait is over, in which anything may have happened: the last look is not one of now any more."""
        self.looked = -FRESH

    def lets_begin(self, planned: PlannedStep) -> bool:
        """Whether a step that was judged may begin now: what takes something away, only by a look of now."""
        return self._is_fresh or not takes_away(planned.step)

    @property
    def _is_fresh(self) -> bool:
        return self.ports.clock.monotonic() - self.looked < FRESH

    async def judge(
        self,
        wave: Sequence[PlannedStep],
        live: LiveState,
        bindings: Bindings,
        ours: Collection[Edge],
        sent: Iterable[Step] = (),
    ) -> tuple[LiveState, Withheld]:
        """The state as it is now, and the steps of a wave that must not be sent in it.

        What would be withheld is looked at several times before it is: a copy may lag. What is not withheld at the
        first look costs that look alone, and nothing where the last one is of now. What the wave has `sent` already
        counts as done, whether a look shows it or not.
        """
        if not any(takes_away(planned.step) for planned in wave):
            return live, {}
        if self._is_fresh:
            return live, dict(self._withheld(wave, live))
        done = tuple(step for step in sent if takes_away(step))
        patience = self.ports.patience
        for number in range(patience.agreeing):
            if number:
                await slept(self.ports.clock, patience.first_pause * 2**number, self.ports.stopped)
            seen = await seen_now(self.ports.service, _TOPOLOGY, bindings)
            now = live if _unread(seen) else refreshed(live, seen, ours)
            found = dict(_unseen(wave, seen) if _unread(seen) else self._withheld(wave, reduce(after, done, now)))
            if not found:
                break
        self.looked = self.ports.clock.monotonic()
        return now, found

    def _withheld(self, wave: Iterable[PlannedStep], live: LiveState) -> Iterator[tuple[str, Finding]]:
        """Each step is judged as if all before it that are let through were done: they are under way at once."""
        apps = _apps_by_group(live)
        now = live
        for planned in wave:
            step = planned.step
            if not takes_away(step) or shows(now, step):
                continue
            then = after(now, step)
            concerned = () if planned.id in self.promise.interrupting else _concerned(step, now, apps)
            message = _unmet(step, now) or self._short(step, concerned, live, then)
            if message:
                yield planned.id, NEEDED_NOW.finding(message, hint=_HINT)
            else:
                now = then

    def _short(self, step: Step, apps: Collection[Address], live: LiveState, then: LiveState) -> str:
        """Which apps would be served by too few in the state that a step leads to; "" where none would.

        Who serves an app now counts as who served it at the start: an agent may have come back. Of apps that the plan
        knows nothing of, what others have just made counts too, settled or not.
        """
        known, others = list[Address](), list[Address]()
        for app in apps:
            (known if self.promise.concerns(app) else others).append(app)
        found = [
            *self.ports.short(self.promise.start, self.promise.final, then, known),
            *self.ports.short(live, self.promise.final, then, known),
            *self.ports.short(settled(live), settled(live), settled(then), others),
        ]
        if not found:
            return ""
        worst = min(found, key=lambda each: (each.serving - each.floor, each.app))
        left = f"would be left with {counted(worst.serving, 'active agent')} of {worst.floor} needed"
        return f"{_named(worst, found, step)}{left}{_changed(worst.app, self.promise.final, live)}"


def refreshed(known: LiveState, seen: LiveState, ours: Collection[Edge]) -> LiveState:
    """What is known, with the topology as it was seen just now.

    An edge that is new and not `ours` was made by somebody else since the last look, and does not serve yet.
    """
    things = {address: thing for address, thing in seen.things.items() if address.kind is not Kind.APP}
    for address in (thing.address for state in (known, seen) for thing in state.of(Kind.APP)):
        things[address] = _app(address, known.things.get(address), seen.things.get(address))
    foreign = seen.edges - known.edges - frozenset(ours)
    return replace(known, things=things, unsettled=known.unsettled | foreign)


def _app(address: Address, known: Live | None, seen: Live | None) -> Live:
    kept = {key: cell for key, cell in (known.cells if known else {}).items() if not _is_topology(key)}
    found = {key: cell for key, cell in (seen.cells if seen else {}).items() if _is_topology(key)}
    return Thing(address, {**kept, **found}, live_id=known.live_id if known else "")


def _is_topology(key: str) -> bool:
    return surface_of(Kind.APP, key) is Surface.TOPOLOGY


def _unread(seen: LiveState) -> Unreadable | None:
    return seen.unread.get(Surface.TOPOLOGY)


def _unseen(wave: Iterable[PlannedStep], seen: LiveState) -> Iterator[tuple[str, Finding]]:
    why = _unread(seen)
    for planned in wave:
        if takes_away(planned.step):
            yield (
                planned.id,
                NEEDED_NOW.finding(f"who serves what cannot be read now: {why.detail if why else ''}", hint=_HINT),
            )


def _apps_by_group(state: LiveState) -> Mapping[Address, Sequence[Address]]:
    found: defaultdict[Address, list[Address]] = defaultdict(list)
    for app in state.of(Kind.APP):
        for group in state.members(app.address, "group"):
            found[group].append(app.address)
    return found


def _concerned(step: Step, now: LiveState, apps: Mapping[Address, Sequence[Address]]) -> Collection[Address]:
    match step:
        case RemoveMember(_, group) | DeleteGroup(group):
            return [app for app in apps.get(group, ()) if group in now.members(app, "group")]
    return (holder(step),)


def _unmet(step: Step, now: LiveState) -> str:
    """The first condition of a step that does not hold any more; "" where all do."""
    unmet = (condition for condition in pre(step) if holds(now, condition) is False)
    return next((f"this does not hold any more: {condition}" for condition in unmet), "")


def _named(worst: Shortfall, found: Iterable[Shortfall], step: Step) -> str:
    """The apps that would be left; "" where it is the one that the step is about, since a finding begins with that."""
    apps = (worst.app, *sorted({each.app for each in found} - {worst.app}))
    return "" if apps == (holder(step),) else f"{listed(apps)} "


def _changed(app: Address, final: LiveState, live: LiveState) -> str:
    """What is not as the plan ends, of the groups and agents that were to serve an app."""
    changes = list(_changes(app, final, live))
    return f": {listed(changes)}" if changes else ""


def _changes(app: Address, final: LiveState, live: LiveState) -> Iterator[str]:
    for group in sorted(final.members(app, "group")):
        if group not in live.members(app, "group"):
            yield f"not assigned to {group}"
            continue
        for agent in sorted(final.members(group, "agents")):
            if agent not in live.members(group, "agents"):
                yield f"{agent} is not in {group}"
            elif not is_active(live, agent):
                yield f"{agent} is not active"
