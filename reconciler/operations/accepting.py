"""Accept drift: what the service holds is written into the spec, at its place, and nothing else is changed.

All or nothing: the files are written only once the spec that they would make was read, judged and compared, and says of
what was accepted what the service holds, and of all else what it said before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import ReconcilerError, Refused
from reconciler.model.address import Address
from reconciler.model.cells import Value
from reconciler.model.drift import drift_of
from reconciler.model.events import Tell, nobody
from reconciler.model.finding import Finding, has_errors, in_order
from reconciler.model.mappings import DesiredMapping
from reconciler.model.plan import Action, Change, FieldChange
from reconciler.model.spec import Spec
from reconciler.model.words import listed
from reconciler.operations.edges.spec_files import read_files
from reconciler.operations.edges.spec_writing import write_files
from reconciler.operations.planning import Planned, make_plan
from reconciler.operations.run import Request
from reconciler.operations.validate import Validation
from reconciler.policy.rules.registry import judge
from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.format import formatted
from reconciler.spec.importing.text import Node
from reconciler.spec.live_value import live_node
from reconciler.spec.parse import parse
from reconciler.spec.read import read_spec
from reconciler.spec.splice import Edit, NotInPlace, edits, slot_at, spliced
from reconciler.spec.tree import Slot

Chosen = Sequence[tuple[Address, FieldChange]]
"""Fields that drifted, each with its thing."""


_SETS = frozenset(("agents", "flow"))
"""The keys of lists whose order means nothing."""


class NotAccepted(ReconcilerError):
    """Raised where the spec cannot take over what the service holds; nothing was written."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"nothing was accepted: {'; '.join(problems)}")


class Accepted(Struct, frozen=True):
    """What was accepted, and the plan and the drift that are left by the spec as it is now."""

    fields: tuple[tuple[Address, FieldChange], ...]
    planned: Planned


async def accept(request: Request, wanted: Sequence[Address], tell: Tell = nobody) -> Accepted:
    """Write the live values of these things, or fields of things, into the spec below the request's root.

    Raises NotAccepted where one of them cannot be accepted, and Refused where the spec would be faulty: then nothing is
    written.
    """
    planned = await make_plan(request, tell)
    chosen = _chosen(planned, wanted)
    files = read_files(request.root)
    if read_spec(files).spec != planned.validation.spec:
        raise ReconcilerError("the spec was changed while the service was read", hint="run it again")
    contents = _contents(planned, files, chosen)
    after, validation = _read_again(request, files, contents)
    _require_only(planned.ground.spec, after, chosen)
    left = _planned_again(planned, after, validation, request)
    _require_gone(left, chosen)
    write_files(request.root, contents)
    return Accepted(chosen, left)


def _chosen(planned: Planned, wanted: Sequence[Address]) -> tuple[tuple[Address, FieldChange], ...]:
    """The fields that are meant, each with its thing. Raises NotAccepted for what did not drift or must not be."""
    found: dict[tuple[Address, str], FieldChange] = {}
    problems: list[str] = []
    changes = {change.address: change for change in planned.drift.drift}
    for address in wanted:
        change = changes.get(address.thing)
        fields = [field for field in change.fields if address.part in ("", field.key)] if change else []
        why = _why_not(planned, address, change, fields)
        if why:
            problems.append(f"{address} {why}")
        found |= {(address.thing, field.key): field for field in fields}
    if problems:
        raise NotAccepted(problems)
    return tuple((address, field) for (address, _), field in found.items())


def _why_not(planned: Planned, address: Address, change: Change | None, fields: Sequence[FieldChange]) -> str:
    """Why a thing or field cannot be accepted at all; "" where it may."""
    unknown = [
        each for each in planned.plan.unverifiable if each.address == address.thing and address.part in ("", each.key)
    ]
    if change is None or not fields:
        if unknown:
            return f"cannot be told: {unknown[0].cell.detail or unknown[0].cell.reason.value}"
        return "did not drift: there is nothing to accept"
    if change.blocked:
        return f"is blocked: {change.blocked}"
    if change.action in (Action.ADD, Action.REMOVE):
        return "is on one side alone: add it to the spec, or take it out, by hand"
    return ""


def _contents(planned: Planned, files: SpecFiles, chosen: Chosen) -> Mapping[str, bytes]:
    """The new contents of the files that change. Raises NotAccepted."""
    by_name = {file.name: file for file in files.files}
    changes = {change.address: change for change in planned.drift.drift}
    made: dict[str, list[Edit]] = {}
    problems: list[str] = []
    for address, field in chosen:
        try:
            name, changed = _edits(planned, by_name, changes[address], field)
            made.setdefault(name, []).extend(changed)
        except ReconcilerError as error:
            where = f" ({field.place})" if field.place else ""
            problems.append(f"{address} {field.key}{where}: {error.message}")
    if problems:
        raise NotAccepted(problems)
    return {name: _kept_form(by_name[name], spliced(by_name[name].content, found)) for name, found in made.items()}


def _edits(
    planned: Planned, files: Mapping[str, SpecFile], change: Change, field: FieldChange
) -> tuple[str, tuple[Edit, ...]]:
    """The file and the edits of one field. Raises ReconcilerError."""
    place = field.place or planned.ground.spec.desired.place(change.address, field.key)
    file = files.get(place.file) if place else None
    slot = slot_at(parse(file.name, file.content), place) if file and place else None
    if file is None or slot is None or place == change.place:
        raise NotInPlace("the spec does not name it: write it by hand")
    node = live_node(change, field, planned.ground.spec, planned.ground.live)
    return file.name, edits(file.content, slot, _as_written(node, slot))


def _as_written(node: Node, slot: Slot) -> Node:
    """A list in the spec's order where order means nothing, and targets shortened by the mapping's prefix."""
    if not isinstance(node, list):
        return node
    if slot.key == "match":
        prefix = slot.table.get("prefix")
        return [str(target).removeprefix(prefix if isinstance(prefix, str) else "") for target in node]
    if slot.key in _SETS and isinstance(slot.value, list):
        stays = [item for item in slot.value if item in node]
        return [*stays, *(item for item in node if item not in stays)]
    return node


def _kept_form(file: SpecFile, content: bytes) -> bytes:
    """A file that was in its canonical form stays in it."""
    form = formatted(file.name, content) if formatted(file.name, file.content) == file.content else content
    return form if isinstance(form, bytes) else content


def _read_again(request: Request, files: SpecFiles, contents: Mapping[str, bytes]) -> tuple[Spec, Validation]:
    """The spec that the new files make, with its validation. Raises Refused where it has errors."""
    new = tuple(SpecFile(file.name, contents.get(file.name, file.content)) for file in files.files)
    reading = read_spec(SpecFiles(new, files.findings, files.schema))
    findings: tuple[Finding, ...] = reading.findings
    if reading.spec is not None:
        findings = in_order((*findings, *filter(reading.stands, judge(reading.spec))))
    if reading.spec is None or has_errors(findings):
        raise Refused("nothing was accepted: the spec would have errors", findings, sources=reading.sources)
    validation = Validation(findings, reading.sources, reading.spec, reading.defaults)
    return request.over(reading.spec), validation


def _require_only(before: Spec, after: Spec, chosen: Chosen) -> None:
    """Raise NotAccepted where the spec would say something else of what was not accepted."""
    meant = {(address, field.key) for address, field in chosen}
    others = sorted(f"{address} {key}" for address, key in _differing(before, after) if (address, key) not in meant)
    if others:
        raise NotAccepted([f"{listed(others)} would change too, since it is said at the same place: write it by hand"])
    if replace(before, desired=after.desired, store_place=after.store_place) != after:
        raise NotAccepted(["more than the spec's things would change: write it by hand"])


def _planned_again(planned: Planned, after: Spec, validation: Validation, request: Request) -> Planned:
    """The plan and the drift that are left once the spec says what was accepted, by the same look at the service."""
    ground = replace(planned.ground, spec=after)
    made = ground.plan(request.acknowledgements)
    drift = drift_of(made, ledger=planned.drift.ledger)
    return Planned(made, ground.findings_with(made), validation, drift, ground)


def _require_gone(left: Planned, chosen: Chosen) -> None:
    """Raise NotAccepted where what was to be accepted would still differ."""
    differs = {(change.address, field.key) for change in left.plan.changes for field in change.fields}
    still = [f"{address} {field.key}" for address, field in chosen if (address, field.key) in differs]
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
