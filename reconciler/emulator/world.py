"""The running emulator's state: its database, its time, its switches, its faults, its buckets."""

from __future__ import annotations

import json
from collections.abc import Iterable

from msgspec.structs import asdict

from reconciler.emulator.context import Context, Tenant
from reconciler.emulator.faults import FaultPlan, FaultRule, rule_from_json, rule_to_json
from reconciler.emulator.ports import Clock, Ids, ShiftedClock
from reconciler.emulator.seed import NO_SEED, entries, moment, section_object
from reconciler.emulator.store import Document, Store
from reconciler.emulator.switches import Lag, Switches, switches_from_json, switches_to_json
from reconciler.emulator.synchronization.sealing import seal_for, seal_in
from reconciler.emulator.throttle import Throttle

_SEED, _TENANT, _SWITCHES, _SHIFT, _FAULTS = "seed", "tenant", "switches", "shift", "faults"
FORMAT = "1"
"""The format of the database; one of another format is refused."""


class WrongFormat(Exception):
    """The database was written by another version of the emulator."""


class World:
    """One tenant that runs.

    What belongs to the tenant (entities, switches, fault rules, the clock's shift, the log) is kept in the store and is
    there again in the next process; how often a fault rule has struck and what is left in a bucket is not.
    """

    def __init__(self, store: Store, clock: Clock, ids: Ids, seed: Document | None = None) -> None:
        """Open a store; an empty one is filled from `seed` (checked), or with a tenant that has a default group only.

        Raises WrongFormat, and SeedError where the seed cannot be held.
        """
        self.switches = Switches()
        self.store = store
        self.ids = ids
        self._base = clock
        self.clock = ShiftedClock(clock)
        if store.is_empty:
            self._fill(seed or NO_SEED)
        self._load()

    def context(self, origin: str, version: str) -> Context:
        """The surroundings of a call that comes now."""
        now = self.clock.now().timestamp()
        flaps = self.switches.lag is Lag.FLAPPING and self.ids.random() < 0.5
        return Context(
            store=self.store,
            clock=self.clock,
            ids=self.ids,
            switches=self.switches,
            tenant=self.tenant,
            origin=origin,
            version=version,
            moment=now + self.switches.visibility_seconds if flaps else now,
        )

    def set_switches(self, switches: Switches) -> None:
        """Change how the service behaves from now on; buckets are full again where their size changes."""
        if switches.throttle is not self.switches.throttle:
            self.throttle = Throttle(switches.throttle, self.tenant.id)
        self.switches = switches
        self._keep(_SWITCHES, json.dumps(switches_to_json(switches)))

    def set_faults(self, rules: Iterable[FaultRule]) -> None:
        """Replace the fault rules; all counters begin anew."""
        self.faults = FaultPlan(rules, self.ids)
        self._keep(_FAULTS, json.dumps([rule_to_json(rule) for rule in self.faults.rules]))

    def advance(self, seconds: float) -> None:
        """Move the clock ahead."""
        self._keep(_SHIFT, str(self.clock.advance(seconds)))

    def reset(self) -> None:
        """Forget everything, the log too, and begin again with the seed that the store was filled from."""
        seed = self._kept_seed()
        self.store.clear()
        self.clock = ShiftedClock(self._base)
        self._fill(seed)
        self._load()

    def _kept_seed(self) -> Document:
        """The seed that the store was filled from. It is sealed, since it may hold secrets."""
        kept = self.store.setting(_SEED)
        if kept is None:
            return NO_SEED
        found: Document = json.loads(seal_for(self.context("", "beta")).open(kept, _SEED))
        return found

    def _fill(self, seed: Document) -> None:
        from reconciler.emulator.planting import plant, tenant_of  # noqa: PLC0415 (needed once in a database's life)

        if "clock" in seed:
            self.clock.advance((moment(str(seed["clock"])) - self.clock.now()).total_seconds())
        self.tenant = tenant_of(seed)
        self.switches = switches_from_json(section_object(seed, "switches"))
        rules = [rule_from_json(json.loads(json.dumps(rule))) for rule in entries(seed, "faults")]
        context = self.context("", "beta")
        with self.store.transaction(self.clock.now().timestamp()) as writing:
            plant(context, writing, seed)
            writing.set("format", FORMAT)
            writing.set(_SHIFT, str(self.clock.shift))
            writing.set(_SEED, seal_in(writing, context.truth, self.ids).close(json.dumps(seed), _SEED))
            writing.set(_TENANT, json.dumps(asdict(self.tenant)))
            writing.set(_SWITCHES, json.dumps(switches_to_json(self.switches)))
            writing.set(_FAULTS, json.dumps([rule_to_json(rule) for rule in rules]))

    def _load(self) -> None:
        if self._setting("format") != FORMAT:
            raise WrongFormat("the emulator's database was written by another version; remove it and seed it again")
        self.tenant = Tenant(**json.loads(self._setting(_TENANT)))
        self.switches = switches_from_json(json.loads(self._setting(_SWITCHES)))
        self.clock = ShiftedClock(self._base, float(self.store.setting(_SHIFT) or 0.0))
        self.faults = FaultPlan([rule_from_json(rule) for rule in json.loads(self._setting(_FAULTS))], self.ids)
        self.throttle = Throttle(self.switches.throttle, self.tenant.id)

    def _setting(self, name: str) -> str:
        return self.store.setting(name) or ""

    def _keep(self, name: str, value: str) -> None:
        with self.store.transaction(self.clock.now().timestamp()) as writing:
            writing.set(name, value)
