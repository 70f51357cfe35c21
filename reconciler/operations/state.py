"""Look at the ledger, and change what it says of one thing: adopt, forget, move; each under the lock and on record."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from msgspec.structs import replace

from reconciler.apply.adopt import adopted
from reconciler.errors import ReconcilerError, Refused, Unreadable
from reconciler.ledger.account import Edited, Held
from reconciler.ledger.ledger import Ledger
from reconciler.ledger.records import ADOPT, FORGET, MOVE
from reconciler.ledger.stores.interface import Holder
from reconciler.model.address import Address
from reconciler.model.cells import Value
from reconciler.model.events import Tell, nobody
from reconciler.model.fields import Surface
from reconciler.model.finding import in_order
from reconciler.model.mappings import ObjectMapping
from reconciler.model.plan import FieldChange, Plan
from reconciler.model.rekeying import rekeyed, rekeyed_edges
from reconciler.model.secret import SecretSource
from reconciler.model.states import AppliedState, DesiredState, Edge, LiveState
from reconciler.model.values import Json
from reconciler.operations.edges.connect import connected
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import Ground, Request, survey
from reconciler.operations.stored import Stored, stored, writing
from reconciler.operations.validate import quoted


def look(request: Request) -> Held:
    """What the ledger of the spec's service says. Raises Refused, LedgerDamaged."""
    place = stored(request)
    document = place.document
    named = frozenset(place.spec.desired.things)
    return Held(place.service, place.spec.tenant.id, place.store.where, document, named, place.notes)


def look_at(request: Request, address: Address) -> Held:
    """The same, where the ledger knows this thing. Raises ReconcilerError where it does not."""
    held = look(request)
    _require(address.thing, held.document.applied.things, "the ledger")
    return held


def forget(request: Request, address: Address) -> Edited:
    """Take a thing off the record: this repository no longer manages what of it the spec does not name."""
    place = stored(request)
    with writing(place) as (ledger, notes):
        applied = ledger.applied
        _require(address, applied.things, "the ledger")
        gone = applied.things[address]
        left = replace(
            applied,
            things={key: thing for key, thing in applied.things.items() if key != address},
            secret_digests={key: kept for key, kept in applied.secret_digests.items() if key.thing != address},
        )
        edges = {edge: since for edge, since in ledger.edges.items() if address not in {edge.member, edge.group}}
        ledger.edit(FORGET, {"address": str(address), "liveId": gone.live_id}, left, edges)
    findings = in_order((*place.notes, *notes))
    return Edited(address, live_id=gone.live_id, named=address in place.spec.desired.things, findings=findings)


def move(request: Request, old: Address, new: Address) -> Edited:
    """Let the ledger know a thing by another key, with every mention of it."""
    place = stored(request)
    if old.kind is not new.kind:
        raise ReconcilerError(f"{old} cannot become {new}: a thing keeps its kind")
    with writing(place) as (ledger, notes):
        _require(old, ledger.applied.things, "the ledger")
        if new in ledger.applied.things:
            raise ReconcilerError(
                f"the ledger knows {new} already", hint=f"forget one of the two first: reconciler state forget {new}"
            )
        moves = {old: new}
        live_id = ledger.applied.things[old].live_id
        body: dict[str, Json] = {"address": str(old), "to": str(new), "liveId": live_id}
        ledger.edit(MOVE, body, rekeyed(ledger.applied, moves), rekeyed_edges(ledger.edges, moves))
    named = new in place.spec.desired.things
    return Edited(old, new, live_id, named, findings=in_order((*place.notes, *notes)))


async def adopt(request: Request, address: Address, tell: Tell = nobody) -> Edited:
    """Put on record what the service holds of a thing that the spec names, as if this repository had applied it.

    From then on it is managed: a difference from the spec is pending and no drift, and what leaves the spec is
    removed. Nothing is written to the service; `tell` is told of calls and long waits. Raises Refused, Unreadable where
    the service could not be read.
    """
    place = stored(request)
    if not place.validation.passed:
        raise Refused("the spec has errors", place.validation.findings, sources=place.validation.sources)
    _require(address, place.spec.desired.things, "the spec")
    with writing(place, anew=True) as (ledger, notes):
        with quoted(place.validation):
            ground = await _ground(place, request, ledger, tell)
        made = ground.plan()
        if made.reads_failed:
            raise Unreadable("the service could not be read completely, so nothing was put on record", ground.findings)
        if address not in ground.live.things:
            raise ReconcilerError(f"the service holds nothing for {address}", hint="plan says what an apply would make")
        applied = _with_live(ground, made, address)
        thing = applied.things[address]
        edges = {edge: at for edge, at in ledger.edges.items() if _still_there(edge, address, ground.live)}
        ledger.edit(ADOPT, {"address": str(address), "liveId": thing.live_id}, applied, edges)
    wanted = place.spec.desired.things[address].cells
    recorded = tuple(sorted(key for key in wanted if key in thing.cells))
    differing = {change.key for change in _changes(made, address) if not _is_plain(change)}
    findings = in_order((*place.notes, *notes, *ground.findings))
    return Edited(
        address,
        live_id=thing.live_id,
        named=True,
        recorded=recorded,
        left=tuple(sorted(differing)),
        findings=findings,
    )


def unlock(request: Request) -> tuple[str, Holder | None]:
    """Take the lock away from a run that is gone for good. Gives where, and who held it. Raises LockHeld."""
    place = stored(request)
    return place.store.where, place.store.unlock()


async def _ground(place: Stored, request: Request, ledger: Ledger, tell: Tell) -> Ground:
    clock = SystemClock()
    async with connected(place.spec, request.root, clock, SystemChance(), tell=tell) as connection:
        client = connection.client(ledger.applied, seconds=request.time_limit)
        return await survey(place.spec, ledger.applied, ledger.edges, client, clock.now())


def _with_live(ground: Ground, made: Plan, address: Address) -> AppliedState:
    """The applied state once a thing is on record: where the spec agrees as the spec says it, else as it is live."""
    desired = DesiredState({address: ground.spec.desired.things[address]})
    applied = adopted(ground.applied, desired, ground.bindings, made, forget=False)
    thing = applied.things[address]
    cells = dict(thing.cells)
    for change in _changes(made, address):
        if not _is_plain(change):
            continue
        match change.before:
            case None:
                cells.pop(change.key, None)
            case frozenset() as groups if change.key == "group" and len(groups) == 1:
                cells[change.key] = Value(next(iter(groups)))
            case before:
                cells[change.key] = Value(before)
    return replace(applied, things={**applied.things, address: replace(thing, cells=cells)})


def _still_there(edge: Edge, address: Address, live: LiveState) -> bool:
    """Whether a membership or an assignment stays on record: of an adopted thing only what was seen does."""
    unseen = address not in {edge.member, edge.group} or Surface.TOPOLOGY in live.unread
    return unseen or edge in live.edges


def _changes(made: Plan, address: Address) -> Iterable[FieldChange]:
    return (field for change in made.changes if change.address.thing == address for field in change.fields)


def _is_plain(change: FieldChange) -> bool:
    """Whether what is live can be on record as it is: a mapping is compared part by part, a secret is never seen."""
    parted = isinstance(change.before, ObjectMapping) or change.key.startswith("mapping")
    return not parted and not isinstance(change.after, SecretSource)


def _require(address: Address, known: Iterable[Address], where: str) -> None:
    if address in known:
        return
    near = get_close_matches(str(address), [str(other) for other in known], n=1)
    hint = f"the nearest is {near[0]}" if near else "reconciler state list shows what it knows"
    raise ReconcilerError(f"{where} knows no {address}", hint=hint)
