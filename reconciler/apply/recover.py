"""After a run that broke off: find out by reading what came of every step that it may have sent, and record it.

open steps of the ledger → one shared look, again and again → done: applied    not seen: not done    unreadable: open
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.apply.confirm import Seen, Sighting, confirm
from reconciler.apply.execute import edges_after
from reconciler.apply.ports import Ports
from reconciler.apply.rules import NOBODY_KNOWS
from reconciler.apply.touched import touched
from reconciler.apply.wave import fields_seen
from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Value
from reconciler.model.events import Recovered
from reconciler.model.finding import Finding, Severity
from reconciler.model.memory import RESOURCE_ID
from reconciler.model.plan import PlannedStep
from reconciler.model.record import Ending, OpenStep, Result
from reconciler.model.recording import JOB_ID, recorded
from reconciler.model.states import AppliedState, Edge, LiveState
from reconciler.model.steps import Step, WriteConnection


class Recovery(Struct, frozen=True):
    """What came of an earlier run's steps, and the bindings, grown by the ids of what those steps had created.

    Of `unknown` steps nobody could tell, since a read failed; they stay open, and each has a finding.
    """

    done: tuple[PlannedStep, ...] = ()
    not_done: tuple[PlannedStep, ...] = ()
    unknown: tuple[PlannedStep, ...] = ()
    findings: tuple[Finding, ...] = ()
    bindings: Bindings = field(default_factory=Bindings)


async def recover(bindings: Bindings, ports: Ports) -> Recovery:
    """Settle every open step of the ledger by reading. Makes no call where there is none.

    `bindings` are those of the spec; what only the ledger knows is added. The caller plans anew afterwards.
    """
    ledger = ports.ledger
    opened = ledger.open_steps
    if not opened:
        return Recovery(bindings=bindings)
    known = ledger_bindings(ledger.applied).merged(bindings)
    numbered = [replace(each.step, id=str(number)) for number, each in enumerate(opened)]
    limit = _patience(opened, ports)
    seen = await confirm(numbered, known, ports.service, ports.clock, ports.patience, limit)
    sightings = [seen.sightings[planned.id] for planned in numbered]
    results = [_result(each, sighting) for each, sighting in zip(opened, sightings, strict=True)]
    applied, edges = _taken_over(opened, sightings, ledger.applied, ledger.edges, seen.bindings, ports.clock.now())
    ledger.conclude(results, applied, edges, recovered=True)
    for each, result in zip(opened, results, strict=True):
        if not result.ending.is_open:
            ports.emit(Recovered(each.step, result.ending is Ending.DONE))
    return _recovery(opened, results, seen.bindings)


def ledger_bindings(applied: AppliedState) -> Bindings:
    """The live ids that the ledger knows, those of keys that the spec has dropped among them."""
    tables: dict[Kind, dict[Address, str]] = {Kind.AGENT: {}, Kind.GROUP: {}, Kind.APP: {}}
    resources, jobs = dict[Address, str](), dict[Address, str]()
    for address, thing in applied.things.items():
        if thing.live_id and address.kind in tables:
            tables[address.kind][address] = thing.live_id
        for key, table in ((RESOURCE_ID, resources), (JOB_ID, jobs)):
            match thing.cells.get(key):
                case Value(str() as live_id):
                    table[address] = live_id
    return Bindings(tables[Kind.AGENT], tables[Kind.GROUP], tables[Kind.APP], resources, jobs)


def _patience(opened: Iterable[OpenStep], ports: Ports) -> float:
    """Seconds to go on looking: what was sent a moment ago may not show yet."""
    now = ports.clock.now()
    return max(0.0, *(ports.patience.recover - (now - each.since).total_seconds() for each in opened))


def _result(each: OpenStep, sighting: Sighting) -> Result:
    ending = _ending(each.step.step, sighting)
    observed = fields_seen(each.step.step, sighting.live)
    message = "" if ending is Ending.DONE else sighting.seen.value
    return Result(each.step.id, ending, observed, message, each.plan)


def _ending(step: Step, sighting: Sighting) -> Ending:
    """A list with secrets counts as not done: nothing shows whether they were written, so their versions stay due."""
    if sighting.seen is Seen.UNREADABLE:
        return Ending.UNKNOWN
    if sighting.seen is Seen.NOT_DONE or (isinstance(step, WriteConnection) and step.secrets):
        return Ending.NOT_DONE
    return Ending.DONE


def _taken_over(
    opened: Sequence[OpenStep],
    sightings: Sequence[Sighting],
    applied: AppliedState,
    edges: Mapping[Edge, datetime],
    bindings: Bindings,
    now: datetime,
) -> tuple[AppliedState, Mapping[Edge, datetime]]:
    """What was applied, and our edges, once every step that shows is taken over; an edge's age counts from now."""
    for each, sighting in zip(opened, sightings, strict=True):
        if sighting.seen is not Seen.DONE:
            continue
        step = each.step.step
        if isinstance(step, WriteConnection):
            step = replace(step, secrets={})
        applied = recorded(applied, step, sighting.live or LiveState({}), bindings)
        edges = edges_after(edges, step, now)
    return applied, edges


def _recovery(opened: Sequence[OpenStep], results: Sequence[Result], bindings: Bindings) -> Recovery:
    pairs = list(zip((each.step for each in opened), results, strict=True))
    unknown = tuple(step for step, result in pairs if result.ending.is_open)
    return Recovery(
        tuple(step for step, result in pairs if result.ending is Ending.DONE),
        tuple(step for step, result in pairs if result.ending is Ending.NOT_DONE),
        unknown,
        tuple(_finding(planned) for planned in unknown),
        bindings,
    )


def _finding(planned: PlannedStep) -> Finding:
    address = next((str(address) for address, _ in touched(planned.step)), "")
    finding = NOBODY_KNOWS.finding(
        f"an earlier run broke off at step {planned.id}, and what came of it cannot be read",
        address=address,
        hint="run the apply again once the service answers",
    )
    return replace(finding, severity=Severity.WARNING)
