"""Accept drift: what the service holds is written into the spec, at its place, and nothing else is changed.

All or nothing: the files are written only once the spec that they would make was read, judged and compared, and says of
what was accepted what the service holds, and of all else what it said before.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import ReconcilerError, Refused
from reconciler.model.address import Address, Kind
from reconciler.model.cells import Known, Value
from reconciler.model.drift import drift_of
from reconciler.model.events import Tell, nobody
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.finding import Severity, in_order
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.plan import Action, Cause, Change, FieldChange
from reconciler.model.spec import Spec
from reconciler.model.words import listed
from reconciler.operations.edges.spec_files import read_files
from reconciler.operations.edges.spec_writing import write_files
from reconciler.operations.planning import Planned, make_plan
from reconciler.operations.run import Request
from reconciler.operations.validate import Validation
from reconciler.policy.rules.registry import judge
from reconciler.spec.drafting import Draft, Wish, Written, drafted
from reconciler.spec.files import SpecFiles
from reconciler.spec.read import SpecReading, read_spec

_BACK = "an apply puts it back"


class NotAccepted(ReconcilerError):
    """Raised where the spec cannot take over what the service holds; nothing was written."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"nothing was accepted: {'; '.join(problems)}")


class Accepted(Struct, frozen=True):
    """What was accepted, and the plan and the drift that are left by the spec as it is now."""

    written: tuple[Written, ...]
    planned: Planned


async def accept(request: Request, wanted: Sequence[Address], tell: Tell = nobody) -> Accepted:
    """Write the live values of these things, or fields of things, into the spec below the request's root.

    A thing that is gone at the service leaves the spec. A field that is said for several things at once is said at the
    thing itself from then on. Raises NotAccepted where one of them cannot be accepted, and Refused where the spec would
    be faulty: then nothing is written.
    """
    planned = await make_plan(request, tell)
    wishes = _wishes(planned, wanted)
    files = read_files(request.root)
    if read_spec(files).spec != planned.validation.spec:
        raise ReconcilerError("the spec was changed while the service was read", hint="run it again")
    draft, reading = _drafted(planned, request, files, wishes)
    validation = _judged(reading)
    left = _planned_again(planned, validation, request, [str(wish.address) for wish in wishes if wish.field is None])
    _require_gone(left, wishes)
    write_files(request.root, {name: file.content for name, file in draft.files.items()})
    return Accepted(draft.written, left)


def _wishes(planned: Planned, wanted: Sequence[Address]) -> tuple[Wish, ...]:
    """What is meant, each once. Raises NotAccepted for what did not drift or must not be accepted."""
    found: dict[Wish, None] = {}
    problems: list[str] = []
    changes = {change.address: change for change in planned.drift.drift}
    for address in wanted:
        change = changes.get(address.thing)
        fields = _fields(planned, address, change)
        why = _why_not(planned, address, change, fields)
        if why:
            problems.append(f"{address} {why}")
        elif change is not None and _is_gone(planned, change) and not address.part:
            found[Wish(address)] = None
        else:
            found |= dict.fromkeys(Wish(address.thing, field) for field in fields)
    if problems:
        raise NotAccepted(problems)
    return tuple(found)


def _fields(planned: Planned, address: Address, change: Change | None) -> Sequence[FieldChange]:
    """The fields that drifted; or a part of a live mapping that the spec has no word on, where it is named."""
    drifted = [field for field in change.fields if address.part in ("", field.key)] if change else []
    if drifted or not address.part:
        return drifted
    return [*_unmanaged_part(planned, address)]


def _why_not(planned: Planned, address: Address, change: Change | None, fields: Sequence[FieldChange]) -> str:
    """Why a thing or field cannot be accepted at all; "" where it may."""
    if not fields:
        unknown = [each for each in planned.plan.unverifiable if each.address == address.thing]
        cell = next((each.cell for each in unknown if address.part == each.key or each.cell.is_failure), None)
        return (
            f"cannot be told: {cell.detail or cell.reason.value}"
            if cell
            else "did not drift: there is nothing to accept"
        )
    if change is None:
        return ""
    gone = _is_gone(planned, change)
    if gone and address.part:
        return f"is gone as a whole: accept {address.thing}"
    if change.blocked and not gone:
        return f"is blocked: {change.blocked}"
    if change.action is Action.ADD and not gone:
        return f"is not at the service: {_BACK}, or take it out of the spec by hand"
    if change.action is Action.REMOVE:
        return f"is not in the spec: {_BACK}, or add it by hand, as import --update does"
    return ""


def _is_gone(planned: Planned, change: Change) -> bool:
    """Whether a thing that was applied does not exist at the service any more: a group, or an app's principal."""
    if not planned.ground.applied.manages(change.address):
        return False
    match change.address.kind:
        case Kind.GROUP:
            return change.action is Action.ADD
        case Kind.APP:
            return any(field.key == "servicePrincipal.id" for field in change.fields)
    return False


def _unmanaged_part(planned: Planned, address: Address) -> Iterator[FieldChange]:
    """An attribute of a live mapping that the spec's mapping has no word on."""
    _, source, target = (*address.part.split("/", 2), "", "")[:3]
    key = f"{MAPPING_PREFIX}{source}"
    match planned.ground.spec.desired.cell(address.thing, key), planned.ground.live.cell(address.thing, key):
        case Value(DesiredMapping() as wanted), Known(ObjectMapping() as held):
            attribute = held.attributes.get(target)
            if attribute is not None and target not in wanted.attributes:
                yield FieldChange(address.part, str(attribute.source), None, Cause.DRIFT)


def _drafted(planned: Planned, request: Request, files: SpecFiles, wishes: Sequence[Wish]) -> tuple[Draft, SpecReading]:
    """The files that say it, and how they read: what others share is said at the thing. Raises NotAccepted."""
    own: frozenset[str] = frozenset()
    while True:
        draft = drafted(planned.ground.spec, planned.ground.live, files.files, wishes, own)
        if draft.problems:
            raise NotAccepted(draft.problems)
        new = tuple(draft.files.get(file.name, file) for file in files.files)
        reading = read_spec(SpecFiles(new, files.findings, files.schema))
        if reading.spec is None:
            raise Refused("nothing was accepted: the spec would have errors", reading.findings, sources=reading.sources)
        others = _others(planned.ground.spec, request.over(reading.spec), wishes)
        if not others:
            return draft, reading
        more = own | {key for _, key in others}
        if more == own:
            raise NotAccepted(
                [f"{listed(sorted(f'{address} {key}' for address, key in others))} would change too: write it by hand"]
            )
        own = more


def _others(before: Spec, after: Spec, wishes: Sequence[Wish]) -> frozenset[tuple[Address, str]]:
    """What the spec would say something else of besides. Raises NotAccepted where that is no thing's field."""
    if replace(before, desired=after.desired, store_place=after.store_place, tested=after.tested) != after:
        raise NotAccepted(["more than the spec's things would change: write it by hand"])
    meant = {(wish.address, wish.field.key) for wish in wishes if wish.field}
    gone = {wish.address for wish in wishes if wish.field is None}
    return frozenset(each for each in _differing(before, after) if each not in meant and each[0] not in gone)


def _judged(reading: SpecReading) -> Validation:
    """The validation of the spec that the new files make. Raises Refused where it has errors."""
    judged = filter(reading.stands, judge(reading.spec)) if reading.spec else ()
    findings = in_order((*reading.findings, *judged))
    errors = tuple(finding for finding in findings if finding.severity is Severity.ERROR)
    if errors:
        raise Refused("nothing was accepted: the spec would have errors", errors, sources=reading.sources)
    return Validation(findings, reading.sources, reading.spec, reading.defaults)


def _planned_again(planned: Planned, validation: Validation, request: Request, gone: Container[str]) -> Planned:
    """The plan and the drift that are left once the spec says what was accepted, by the same look at the service.

    What was found out about things that are `gone` from the spec is told no more.
    """
    spec = request.over(validation.spec) if validation.spec is not None else planned.ground.spec
    findings = tuple(finding for finding in planned.ground.findings if finding.address not in gone)
    ground = replace(planned.ground, spec=spec, findings=findings)
    made = ground.plan(request.acknowledgements)
    drift = drift_of(made, ledger=planned.drift.ledger)
    return Planned(made, ground.findings_with(made), validation, drift, ground)


def _require_gone(left: Planned, wishes: Sequence[Wish]) -> None:
    """Raise NotAccepted where what was to be accepted would still differ."""
    differs = {(change.address, field.key) for change in left.plan.changes for field in change.fields}
    still = [str(wish) for wish in wishes if wish.field and (wish.address, wish.field.key) in differs]
    if still:
        raise NotAccepted([f"{listed(still)} cannot be said so that nothing differs: write it by hand"])


def _differing(before: Spec, after: Spec) -> Iterator[tuple[Address, str]]:
    """The fields, and parts of mappings, of which two specs say something else."""
    for address in {*before.desired.things, *after.desired.things}:
        one, other = (spec.desired.things.get(address) for spec in (before, after))
        old, new = (_parts(thing.cells) if thing else {} for thing in (one, other))
        yield from ((address, key) for key in {*old, *new} if old.get(key) != new.get(key))


def _parts(cells: Mapping[str, object]) -> Mapping[str, object]:
    """Cells by key, with each mapping taken apart as its changes are."""
    found: dict[str, object] = {}
    for key, cell in cells.items():
        match cell:
            case Value(DesiredMapping() as mapping):
                found |= {f"{key}/{name}": getattr(mapping, name) for name in ("flow", "match", "filter", "target")}
                found |= {f"{key}/{target}": each for target, each in mapping.attributes.items()}
            case _:
                found[key] = cell
    return found
