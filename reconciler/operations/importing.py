"""Import: read what a tenant holds, and write the spec that says just that. Nothing is written to the service.

principals → those on premises → keys → readings → draft → what the rules allow → text → read back → files
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import ExitCode, Refused, Unreadable, UsageError
from reconciler.ledger.read import read_ledger
from reconciler.model import cells
from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.binding import bind
from reconciler.model.bindings import Bindings
from reconciler.model.events import Tell, nobody
from reconciler.model.fields import FIELDS, MAPPING_PREFIX, MAPPINGS, Surface
from reconciler.model.finding import Finding, has_errors, in_order
from reconciler.model.inventory import PrincipalRecord, Topology
from reconciler.model.principals import principal_queries
from reconciler.model.service import AppPart, Scope
from reconciler.model.spec import Policy, Spec, Tenant
from reconciler.model.states import AppliedState, DesiredState, FieldValue, LiveState
from reconciler.msgraph.client import GraphClient
from reconciler.operations.edges.connect import connected
from reconciler.operations.edges.schemas import schema_text
from reconciler.operations.edges.spec_files import read_files
from reconciler.operations.edges.spec_writing import write_files
from reconciler.operations.edges.state import store_of
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import service_of
from reconciler.operations.starting import refuse_existing_spec
from reconciler.operations.validate import valid_spec
from reconciler.policy.rules.epr007_tenant_url import DEFAULT_PORT
from reconciler.spec.binding_line import SCHEMA_FILE
from reconciler.spec.cells import Cell
from reconciler.spec.files import SpecFiles
from reconciler.spec.import_writing import Writing
from reconciler.spec.importing.allowed import allowed
from reconciler.spec.importing.draft import Draft, draft_of
from reconciler.spec.importing.found import Found, Known, keyed
from reconciler.spec.importing.named import named_mappings
from reconciler.spec.importing.premises import is_on_premises
from reconciler.spec.read import SpecReading


class ImportRequest(Struct, frozen=True):
    """What to import: into which directory, from which tenant, and which of its apps.

    `tenant` is None for a spec that exists and is added to. Without `apps` and `everything` those on premises are
    meant; one of `apps` that the spec has already is filled with what it does not say of it. `by_name` lets a published
    resource be the app's that has its name.
    """

    root: Path
    tenant: Tenant | None
    surfaces: frozenset[Surface] = frozenset()
    apps: tuple[str, ...] = ()
    everything: bool = False
    by_name: bool = False
    time_limit: float = 60.0


class Filled(Struct, frozen=True):
    """What the spec says anew of an app that it had, and what it still leaves unmanaged, and why."""

    address: Address
    fields: tuple[str, ...]
    remarks: tuple[str, ...]


class Imported(Struct, frozen=True):
    """What an import wrote: names of files, how many new things of each kind, and how much it left unmanaged.

    `filled` has each app that was named although the spec had it.
    """

    files: tuple[str, ...]
    counts: Mapping[Kind, int]
    left: int
    findings: tuple[Finding, ...]
    unread: bool
    filled: tuple[Filled, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """What the process tells its caller."""
        return ExitCode.UNREADABLE if self.unread else ExitCode.DONE


async def import_tenant(request: ImportRequest, tell: Tell = nobody) -> Imported:
    """Import, and write the files; `tell` is told of calls and long waits.

    Raises UsageError where there is a spec and none was to be added to, or an app that was named is not there;
    Unreadable where nobody can sign in or the list of apps cannot be read; Refused for a faulty spec.
    """
    base, applied, behind = _base(request)
    clock = SystemClock()
    async with connected(base, request.root, clock, SystemChance(), tell=tell) as connection:
        client = connection.client(applied, seconds=request.time_limit)
        found = await _look(request, base, applied, client)
        findings = client.findings
    draft = draft_of(found)
    draft.may_define = not base.policy.profiles
    if not draft.things.keys() - {UPDATER}:
        return _told(Draft(remarks=draft.remarks, filled=draft.filled), (), (*behind, *findings), unread=bool(findings))
    base = base if request.tenant is None else replace(base, surfaces=_read(base, found))
    spec, broken = allowed(draft, base)
    there = _there(request)
    names = {record.id: record.display_name for record in found.principals.values()}
    free = partial(_untaken if request.tenant is not None else _free, request.root)
    written = Writing(draft, spec, there, names, free, request.tenant is not None, named_mappings(there)).written()
    schema = {SCHEMA_FILE: there.schema.encode()} if request.tenant is not None else {}
    write_files(request.root, {**written.files, **schema})
    notes = (*behind, *findings, *(_at_its_place(each, written.reading) for each in (*broken, *written.findings)))
    return _told(draft, (*written.files, *schema), in_order(notes), unread=bool(findings))


def _told(draft: Draft, files: tuple[str, ...], findings: tuple[Finding, ...], *, unread: bool) -> Imported:
    new = draft.things.keys() - draft.filled.keys()
    counts = {kind: sum(address.kind is kind for address in new) for kind in Kind}
    left = sum(len(remarks) for address, remarks in draft.remarks.items() if address in new) + len(draft.whole)
    filled = tuple(
        Filled(
            address,
            _said_anew(draft.things[address].cells) if address in draft.things else (),
            tuple(remark.text for remark in draft.remarks.get(address, ())),
        )
        for address in sorted(draft.filled)
    )
    return Imported(files, counts, left, findings, unread, filled)


def _said_anew(cells: Mapping[str, Cell]) -> tuple[str, ...]:
    """The keys of fields in the order in which they are written; a URL that a host and a name stand for is none."""
    derived = {"connector.url"} if "connector.host" in cells else set()
    known = [each.key for each in FIELDS[Kind.APP] if each.key in cells.keys() - derived]
    return (*known, *(key for key in cells if key.startswith(MAPPING_PREFIX)))


def _base(request: ImportRequest) -> tuple[Spec, AppliedState, tuple[Finding, ...]]:
    """The spec to begin with: an empty one, or the one that is there, with what its ledger knows and notes on that."""
    if request.tenant is not None:
        refuse_existing_spec(request.root, "`reconciler import --update` adds to it what it does not have yet")
        if request.tenant.endpoint == "emulator":
            request.root.mkdir(parents=True, exist_ok=True)
        return (
            Spec(DesiredState({}), request.tenant, Policy(), request.surfaces or frozenset(Surface)),
            AppliedState(),
            (),
        )
    spec, _ = valid_spec(request.root)
    spec = replace(spec, surfaces=request.surfaces or spec.surfaces)
    service = service_of(spec)
    store, notes = store_of(request.root, spec, service)
    return spec, read_ledger(store, service, spec.tenant.id).united, notes


async def _look(request: ImportRequest, base: Spec, applied: AppliedState, client: GraphClient) -> Found:
    inventory = await client.inventory(principal_queries(base.desired, applied))
    binding = bind(base.desired, applied, inventory)
    if has_errors(binding.findings):
        raise Refused("the spec cannot be bound to what the service holds", binding.findings)
    known = _known(base, binding.bindings)
    principals: Mapping[str, PrincipalRecord] = {}
    if Surface.APPS in base.surfaces:
        principals = await _chosen(request, client, inventory.topology)
    named = keyed(inventory.topology, principals, known)
    filled = _to_fill(request, base, [known.principals[each] for each in principals if each in known.principals])
    fresh = {
        address: live_id
        for live_id, address in named.apps.items()
        if live_id not in known.principals or address in filled
    }
    live = await _observed(client, fresh)
    return Found(inventory.topology, principals, named, live, known, request.by_name, filled)


def _to_fill(request: ImportRequest, base: Spec, there: Iterable[Address]) -> dict[Address, Mapping[str, Cell]]:
    """The apps that the spec has and of which it shall say more, since they were named, with what it says already."""
    return {address: base.desired.things[address].cells for address in there} if request.apps else {}


async def _observed(client: GraphClient, apps: Mapping[Address, str]) -> LiveState:
    """The cells of apps. Mappings are read only of apps that have a job: what a template holds is nobody's yet."""
    settings = await client.observe(
        Scope(apps=dict.fromkeys(apps, AppPart.JOB | AppPart.CONNECTION)), Bindings(principals=apps)
    )
    jobs = {address: job for address in apps if (job := settings.text(address, "job.id"))}
    schemas = await client.observe(
        Scope(apps=dict.fromkeys(jobs, AppPart.SCHEMA)), Bindings(principals=apps, jobs=jobs)
    )
    things = {
        address: replace(thing, cells={**thing.cells, **_mappings(schemas, address)})
        for address, thing in settings.things.items()
    }
    return LiveState(things)


def _mappings(schemas: LiveState, address: Address) -> Mapping[str, cells.LiveCell[FieldValue]]:
    thing = schemas.things.get(address)
    found = thing.cells if thing is not None else {}
    return {key: cell for key, cell in found.items() if key == MAPPINGS or key.startswith(MAPPING_PREFIX)}


def _known(base: Spec, bindings: Bindings) -> Known:
    def by_id(bound: Mapping[Address, str]) -> dict[str, Address]:
        return {live_id: address for address, live_id in bound.items() if address in base.desired.things}

    return Known(
        by_id(bindings.agents),
        by_id(bindings.groups),
        by_id(bindings.principals),
        by_id(bindings.resources),
        dict(_hosts(base)),
        frozenset(base.desired.things),
    )


def _hosts(base: Spec) -> Iterator[tuple[tuple[str, int], Address]]:
    for host in base.desired.of(Kind.CONNECTOR_HOST):
        match host.cells.get("address"), host.cells.get("port", cells.Value(DEFAULT_PORT)):
            case cells.Value(str(address)), cells.Value(int(port)):
                yield (address, port), host.address


async def _chosen(
    request: ImportRequest, client: GraphClient, topology: Topology | cells.Unreadable
) -> dict[str, PrincipalRecord]:
    """The apps that are imported, by the id of their principal."""
    listed = await client.discovery.apps()
    if isinstance(listed, cells.Unreadable):
        raise Unreadable("the enterprise applications could not be read, so nothing was imported", client.findings)
    if request.apps:
        return {record.id: record for name in request.apps for record in _named(name, listed)}
    needed = await client.discovery.needs_agent([record.id for record in listed])
    offered = [record for record in listed if isinstance(needed[record.id], bool)]
    if request.everything:
        return {record.id: record for record in offered}
    urls = await client.discovery.urls([record.id for record in offered if not needed[record.id]])
    published = _published(topology)
    return {
        record.id: record
        for record in offered
        if needed[record.id] or is_on_premises(urls.get(record.id, "")) or published & _ids(record)
    }


def _published(topology: Topology | cells.Unreadable) -> set[str]:
    """The names of the published resources, as far as they are known."""
    resources = topology.resources.values() if isinstance(topology, Topology) else ()
    return {resource.resource_name.casefold() for resource in resources}


def _ids(record: PrincipalRecord) -> set[str]:
    return {record.id.casefold(), record.app_id.casefold()}


def _named(name: str, listed: Sequence[PrincipalRecord]) -> list[PrincipalRecord]:
    """The one app of an id, an application id or a display name. Raises UsageError."""
    wanted = name.casefold()
    found = [record for record in listed if wanted in _ids(record)]
    found = found or [record for record in listed if record.display_name.casefold() == wanted]
    if not found:
        raise UsageError(f"--app {name}: no enterprise application has this name or id")
    if len(found) > 1:
        ids = ", ".join(sorted(record.id for record in found))
        raise UsageError(f"--app {name}: {len(found)} enterprise applications have this name", hint=f"name one: {ids}")
    return found


def _read(base: Spec, found: Found) -> frozenset[Surface]:
    """What the new spec plans: not the topology where it could not be read."""
    unread = {Surface.TOPOLOGY} if isinstance(found.topology, cells.Unreadable) else set()
    return base.surfaces - unread


def _there(request: ImportRequest) -> SpecFiles:
    """The files that are there already, and the schema."""
    return read_files(request.root) if request.tenant is None else SpecFiles((), (), schema_text("spec"))


def _untaken(root: Path, name: str) -> str:
    """The name of a file of a new spec. Raises UsageError where there is one of this name."""
    if (root / name).exists():
        raise UsageError(f"{root / name} exists already", hint="nothing is written over")
    return name


def _free(root: Path, name: str) -> str:
    """The name of a file, with a number where it is taken."""
    stem = name.removesuffix(".yaml")
    number = 1
    while (root / name).exists():
        number += 1
        name = f"{stem}-{number}.yaml"
    return name


def _at_its_place(finding: Finding, reading: SpecReading) -> Finding:
    """A finding of a live tenant at the place where the new spec speaks of that thing."""
    things = reading.spec.desired.things if reading.spec else {}
    thing = things.get(Address.parse(finding.address).thing)
    return replace(finding, place=thing.place if thing else None, related=())
